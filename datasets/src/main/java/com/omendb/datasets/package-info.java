package com.omendb.datasets;
