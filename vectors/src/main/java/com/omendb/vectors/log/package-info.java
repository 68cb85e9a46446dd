/// The messages that the modules above `vectors` log.
package com.omendb.vectors.log;
