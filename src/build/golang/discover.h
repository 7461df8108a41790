/*
 * Which main packages a directory has, without running anything.
 */
#ifndef ZONDA_BUILD_GOLANG_DISCOVER_H
#define ZONDA_BUILD_GOLANG_DISCOVER_H

#include "base/err.h"
#include "base/strs.h"

/* Appends ".", "./cmd/api", … : root and the directories below it that hold a file of package main
   that is not a test and not excluded by its build constraints (those on tags of one's own do not
   count), in order. Skips vendor, testdata, node_modules, hidden ones, "_" ones, symbolic links,
   and nested modules that root's go.work does not use; at most 10,000 directories. */
int discover_mains(const char *root, struct strs *mains, struct err *err);

/* The package to build: the only one; or "." when the root is one; else ERR_CONFIG with the list
   and how to choose (message: what was found, hint: what to write). Heap. */
char *discover_main(const char *root, struct err *err);

/* The module path from root's go.mod ("module …"); heap, or NULL. */
char *discover_module(const char *root);

#endif
