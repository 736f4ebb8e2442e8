#include "forest_kernels.h"
#include "forest_targets.h"
#include <string.h>

forest_instructions forest_best_instructions(void) {
#ifdef FOREST_X86
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return forest_avx512;
  if (__builtin_cpu_supports("avx2")) return forest_avx2;
#endif
  return forest_plain;
}

/// 2^-f for f in 0 ..< 1: the Chebyshev interpolant of degree 8, off by at most 6e-13.
static const double powers[] = {
    0.9999999999994285,     -0.6931471804674422,    0.24022650448786204,
    -0.0555040831905248,    0.0096179972063127,     -0.0013329706567265134,
    0.00015337029464219818, -1.4574944091603642e-05, 9.37271070782802e-07,
};
enum { degree = sizeof powers / sizeof powers[0] - 1 };

/// The least score is 2^-126, the least normal float.
static const double greatest_exponent = 126;

void forest_scores(
    const forest_units *sums, double exponent_per_unit, size_t count, float *scores) {
  for (size_t row = 0; row < count; row++) {
    double exponent = (double)sums[row] * exponent_per_unit;
    exponent = exponent < greatest_exponent ? exponent : greatest_exponent;
    int32_t whole = (int32_t)exponent;
    double fraction = exponent - (double)whole;
    double power = powers[degree];
    for (int i = degree - 1; i >= 0; i--) power = power * fraction + powers[i];
    uint64_t bits = (uint64_t)(1023 - whole) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    scores[row] = (float)(power * scale);
  }
}
