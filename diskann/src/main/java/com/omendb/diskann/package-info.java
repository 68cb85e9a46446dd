package com.omendb.diskann;
