package com.omendb.pq;
