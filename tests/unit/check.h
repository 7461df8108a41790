/* What every unit test includes: cmocka with the headers it wants first. */
#ifndef ZONDA_TESTS_CHECK_H
#define ZONDA_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
