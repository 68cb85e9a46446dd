/// The messages that this module logs.
package com.omendb.pagecache.log;
