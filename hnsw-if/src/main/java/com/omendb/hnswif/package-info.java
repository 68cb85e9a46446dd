package com.omendb.hnswif;
