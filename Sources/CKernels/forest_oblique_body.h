// A blend kernel for one tree whose nodes split on weighted sums of features. Defined by the
// includer, who includes this once for each kind of instructions:
//   OBLIQUE_NAME, OBLIQUE_SUM  the function, and the one that it adds up terms with
//   OBLIQUE_TARGET             their target attribute, or nothing
//   OBLIQUE_LANES              rows a step handles at once; divides forest_block_rows

#define OBLIQUE_VECTOR(element) \
  element __attribute__((ext_vector_type(OBLIQUE_LANES), aligned(64)))

OBLIQUE_TARGET static inline void OBLIQUE_SUM(
    const forest_term *start, const forest_term *end, const float *rows, void *result) {
  typedef OBLIQUE_VECTOR(float) features;
  const features *columns = (const features *)rows;
  features sum = 0;
  for (const forest_term *term = start; term < end; term++) {
    features feature = columns[term->column * (forest_block_rows / OBLIQUE_LANES)];
    sum += term->weight * (feature - term->centre);
  }
  *(features *)result = sum;
}

OBLIQUE_TARGET static void OBLIQUE_NAME(
    const forest_oblique_step *start, const forest_oblique_step *end, const forest_term *terms,
    const float *block, forest_units *result) {
  typedef OBLIQUE_VECTOR(float) features;
  typedef OBLIQUE_VECTOR(forest_units) values;
  values kept[forest_stack_slots];

  for (size_t row = 0; row < forest_block_rows; row += OBLIQUE_LANES) {
    values *top = kept;
    values value = 0;
    for (const forest_oblique_step *step = start; step < end; step++) {
      features sum;
      OBLIQUE_SUM(terms + step->term_start, terms + step->term_end, block + row, &sum);
      features threshold = step->threshold;
      values left = step->left;
      values right = step->right;
      switch (step->kind) {
      case forest_pair:
        *top++ = value;
        value = sum <= threshold ? left : right;
        break;
      case forest_leaf_left:
        value = sum <= threshold ? left : value;
        break;
      case forest_leaf_right:
        value = sum <= threshold ? value : right;
        break;
      case forest_pair_left:
      case forest_pair_right: {
        features inner;
        OBLIQUE_SUM(
            terms + step->inner_term_start, terms + step->inner_term_end, block + row, &inner);
        features inner_threshold = step->inner_threshold;
        values pair = inner <= inner_threshold ? left : right;
        if (step->kind == forest_pair_left)
          value = sum <= threshold ? pair : value;
        else
          value = sum <= threshold ? value : pair;
        break;
      }
      case forest_kept_left:
        value = sum <= threshold ? *--top : value;
        break;
      default:
        value = sum <= threshold ? value : *--top;
      }
    }
    *(values *)(result + row) = value;
  }
}

#undef OBLIQUE_VECTOR
#undef OBLIQUE_NAME
#undef OBLIQUE_SUM
#undef OBLIQUE_TARGET
#undef OBLIQUE_LANES
