#include "forest_rivals.h"
#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

enum { lanes = 64, vectors = lanes / 32, greatest_planes = 32 };

/// A split: what stays of its tree's planes in rows that go right.
typedef struct {
  float threshold;
  /// Lesser thresholds of the feature.
  int16_t rank;
  uint32_t plane;
  uint32_t mask_start;
  uint32_t mask_count;
} split;

struct rival_quickscorer {
  size_t tree_count;
  size_t feature_count;
  /// Of feature f: splits[starts[f] ..< starts[f + 1]].
  split *splits;
  size_t *starts;
  uint8_t *masks;
  /// Of tree t: planes plane_starts[t] ..< plane_starts[t + 1], leaf values from 8 × the first.
  size_t *plane_starts;
  float *values;
};

/// A node whose leaves are worth the same becomes a leaf; whether this one did.
static bool prune(rival_node *nodes, int32_t number) {
  rival_node *node = nodes + number;
  if (node->feature < 0) return true;
  bool left = prune(nodes, node->left);
  bool right = prune(nodes, node->right);
  if (!left || !right || nodes[node->left].value != nodes[node->right].value) return false;
  node->value = nodes[node->left].value;
  node->feature = -1;
  return true;
}

typedef struct {
  split *splits;
  int32_t *features;
  size_t split_count;
  uint8_t *masks;
  size_t mask_count;
  float *values;
  size_t plane;
} builder;

/// Numbers the leaves under a node from `leaf` on; how many there are.
static size_t add(builder *to, const rival_node *nodes, int32_t number, size_t leaf) {
  const rival_node *node = nodes + number;
  if (node->feature < 0) {
    to->values[8 * to->plane + leaf] = node->value;
    return 1;
  }
  size_t left = add(to, nodes, node->left, leaf);
  size_t first = leaf / 8, last = (leaf + left - 1) / 8;
  to->features[to->split_count] = node->feature;
  to->splits[to->split_count++] = (split){
      node->threshold, 0, (uint32_t)(to->plane + first), (uint32_t)to->mask_count,
      (uint32_t)(last - first + 1)};
  for (size_t byte = first; byte <= last; byte++) {
    uint8_t cleared = 0;
    for (size_t bit = 0; bit < 8; bit++)
      if (8 * byte + bit >= leaf && 8 * byte + bit < leaf + left) cleared |= (uint8_t)(1 << bit);
    to->masks[to->mask_count++] = (uint8_t)~cleared;
  }
  return left + add(to, nodes, node->right, leaf + left);
}

static int by_threshold(const void *a, const void *b) {
  float x = ((const split *)a)->threshold, y = ((const split *)b)->threshold;
  return (x > y) - (x < y);
}

rival_quickscorer *rival_quickscorer_create(
    const rival_node *nodes, const size_t *node_counts, size_t tree_count, size_t feature_count) {
  size_t total = 0;
  for (size_t tree = 0; tree < tree_count; tree++) total += node_counts[tree];
  rival_quickscorer *scorer = calloc(1, sizeof *scorer);
  scorer->tree_count = tree_count;
  scorer->feature_count = feature_count;
  scorer->plane_starts = calloc(tree_count + 1, sizeof(size_t));
  scorer->values = calloc(8 * (total + tree_count), sizeof(float));
  scorer->masks = malloc(total * greatest_planes);
  builder to = {
      calloc(total, sizeof(split)), calloc(total, sizeof(int32_t)), 0, scorer->masks, 0,
      scorer->values, 0};
  rival_node *pruned = malloc(total * sizeof(rival_node));
  for (size_t tree = 0; tree < tree_count; tree++) {
    memcpy(pruned, nodes, node_counts[tree] * sizeof(rival_node));
    prune(pruned, 0);
    scorer->plane_starts[tree] = to.plane;
    size_t leaves = add(&to, pruned, 0, 0);
    to.plane += (leaves + 7) / 8;
    nodes += node_counts[tree];
  }
  scorer->plane_starts[tree_count] = to.plane;
  scorer->starts = calloc(feature_count + 1, sizeof(size_t));
  scorer->splits = calloc(to.split_count, sizeof(split));
  size_t count = 0;
  for (size_t feature = 0; feature < feature_count; feature++) {
    scorer->starts[feature] = count;
    for (size_t i = 0; i < to.split_count; i++)
      if ((size_t)to.features[i] == feature) scorer->splits[count++] = to.splits[i];
    size_t start = scorer->starts[feature];
    qsort(scorer->splits + start, count - start, sizeof(split), by_threshold);
    for (size_t i = start + 1; i < count; i++) {
      const split *before = scorer->splits + i - 1;
      scorer->splits[i].rank =
          before->threshold < scorer->splits[i].threshold ? (int16_t)(i - start) : before->rank;
    }
  }
  scorer->starts[feature_count] = count;
  free(pruned);
  free(to.splits);
  free(to.features);
  return scorer;
}

void rival_quickscorer_free(rival_quickscorer *scorer) {
  free(scorer->splits);
  free(scorer->starts);
  free(scorer->masks);
  free(scorer->plane_starts);
  free(scorer->values);
  free(scorer);
}

void rival_quickscorer_rank(const rival_quickscorer *scorer, const float *block, int16_t *ranks) {
  for (size_t feature = 0; feature < scorer->feature_count; feature++) {
    const split *splits = scorer->splits + scorer->starts[feature];
    size_t count = scorer->starts[feature + 1] - scorer->starts[feature];
    for (size_t row = 0; row < rival_rows; row++) {
      size_t low = 0, high = count;
      while (low < high) {
        size_t middle = (low + high) / 2;
        if (splits[middle].threshold < block[feature * rival_rows + row])
          low = middle + 1;
        else
          high = middle;
      }
      ranks[feature * rival_rows + row] = (int16_t)low;
    }
  }
}

typedef int16_t ranks __attribute__((ext_vector_type(32), aligned(64)));
typedef int8_t sides __attribute__((ext_vector_type(32), aligned(32)));

__attribute__((target("avx2"))) static void clear(
    const rival_quickscorer *scorer, const int16_t *block, __m256i (*planes)[vectors]) {
  for (size_t feature = 0; feature < scorer->feature_count; feature++) {
    const int16_t *rows = block + feature * rival_rows;
    const split *end = scorer->splits + scorer->starts[feature + 1];
    for (const split *at = scorer->splits + scorer->starts[feature]; at < end; at++) {
      __m256i goes_left[vectors];
      bool all_left = true;
      for (size_t i = 0; i < vectors; i++) {
        sides side = __builtin_convertvector(*(const ranks *)(rows + 32 * i) <= at->rank, sides);
        goes_left[i] = (__m256i)side;
        all_left &= _mm256_movemask_epi8(goes_left[i]) == -1;
      }
      if (all_left) break;
      for (uint32_t byte = 0; byte < at->mask_count; byte++) {
        __m256i mask = _mm256_set1_epi8((char)scorer->masks[at->mask_start + byte]);
        for (size_t i = 0; i < vectors; i++) {
          __m256i *plane = &planes[at->plane + byte][i];
          *plane = _mm256_and_si256(*plane, _mm256_or_si256(goes_left[i], mask));
        }
      }
    }
  }
}

/// The number of the first bit set in each row's planes, which lie `vectors` apart.
__attribute__((target("avx2"))) static __m256i first_leaves(const __m256i *planes, size_t count) {
  const __m256i zeros = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(64, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0));
  const __m256i low = _mm256_set1_epi8(15);
  __m256i first = _mm256_setzero_si256();
  for (size_t plane = count; plane-- > 0;) {
    __m256i bits = planes[plane * vectors];
    __m256i below = _mm256_shuffle_epi8(zeros, _mm256_and_si256(bits, low));
    __m256i above = _mm256_add_epi8(
        _mm256_shuffle_epi8(zeros, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)),
        _mm256_set1_epi8(4));
    __m256i number = _mm256_add_epi8(
        _mm256_min_epu8(below, above), _mm256_set1_epi8((char)(8 * plane)));
    __m256i none = _mm256_cmpeq_epi8(bits, _mm256_setzero_si256());
    first = _mm256_blendv_epi8(number, first, none);
  }
  return first;
}

__attribute__((target("avx2"))) void rival_quickscorer_add(
    const rival_quickscorer *scorer, const int16_t *block, float *sums) {
  size_t plane_count = scorer->plane_starts[scorer->tree_count];
  __m256i(*planes)[vectors] = aligned_alloc(64, plane_count * sizeof *planes);
  for (size_t row = 0; row < rival_rows; row += lanes) {
    memset(planes, 0xff, plane_count * sizeof *planes);
    clear(scorer, block + row, planes);
    for (size_t tree = 0; tree < scorer->tree_count; tree++) {
      size_t first = scorer->plane_starts[tree];
      size_t count = scorer->plane_starts[tree + 1] - first;
      const float *values = scorer->values + 8 * first;
      for (size_t i = 0; i < vectors; i++) {
        uint8_t leaves[32];
        _mm256_storeu_si256((__m256i *)leaves, first_leaves(&planes[first][i], count));
        for (size_t lane = 0; lane < 32; lane++) sums[row + 32 * i + lane] += values[leaves[lane]];
      }
    }
  }
  free(planes);
}
