/*
 * The panic of a Go program: found in the last words of an app, with the places of its own code.
 *
 * Understands what the Go runtime prints to stderr before it ends a program: "panic: …" and "fatal
 * error: …" with their "goroutine N [running]:" and the frames below, each of them a function and a
 * line "<tab>FILE:LINE +0x…" (runtime/traceback.go). Frames outside root (the runtime, the module
 * cache) are left out.
 */
#ifndef ZONDA_BROWSER_PANIC_H
#define ZONDA_BROWSER_PANIC_H

#include "build/diagnostics.h"

#define PANIC_FRAMES_MAX 8

/* Appends a diagnostic for each frame below root (absolute, clean) of the goroutine that panicked:
   the first has the panic as its message, the others the name of the function. The number of
   them. */
int panic_find(const char *output, size_t len, const char *root, struct diagnostics *found);

#endif
