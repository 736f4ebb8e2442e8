#include "forest_kernels.h"
#include "forest_targets.h"

#define NEAREST_NAME nearest_plain
#define NEAREST_TARGET
#define NEAREST_LANES 16
#include "forest_nearest_body.h"

#ifdef FOREST_X86
#define NEAREST_NAME nearest_avx2
#define NEAREST_TARGET FOREST_AVX2
#define NEAREST_LANES 16
#include "forest_nearest_body.h"

#define NEAREST_NAME nearest_avx512
#define NEAREST_TARGET FOREST_AVX512
#define NEAREST_LANES 32
#include "forest_nearest_body.h"
#endif

void forest_nearest(
    forest_instructions instructions, const float *references, size_t reference_count,
    size_t feature_count, const float *block, size_t neighbour_count, float *squares) {
  switch (instructions) {
#ifdef FOREST_X86
  case forest_avx512:
    nearest_avx512(references, reference_count, feature_count, block, neighbour_count, squares);
    break;
  case forest_avx2:
    nearest_avx2(references, reference_count, feature_count, block, neighbour_count, squares);
    break;
#endif
  default:
    nearest_plain(references, reference_count, feature_count, block, neighbour_count, squares);
  }
}
