#pragma once

// One binary serves every CPU: bodies for wider instructions are compiled function by function and
// chosen when they are called.
#if defined(__x86_64__)
#define FOREST_X86 1
#include <immintrin.h>
#define FOREST_AVX2 __attribute__((target("avx2,popcnt")))
#define FOREST_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"), min_vector_width(512)))
#endif
