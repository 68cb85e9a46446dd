package com.omendb.tools;
