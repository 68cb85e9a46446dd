package com.omendb.pagecache.testing;

/// What a name stands for.
sealed interface ModelNode permits ModelFile, ModelDirectory {}
