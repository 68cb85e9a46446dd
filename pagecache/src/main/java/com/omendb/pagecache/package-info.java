package com.omendb.pagecache;
