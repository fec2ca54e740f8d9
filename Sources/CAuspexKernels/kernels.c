#include "AuspexKernels.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define AUSPEX_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define AUSPEX_CLONES
#endif

AUSPEX_CLONES
void auspex_slide_products(double *restrict products, const double *restrict leave, const double *restrict enter,
                           double leaving, double entering, size_t count) {
    for (size_t j = 0; j < count; j++) products[j] += entering * enter[j] - leaving * leave[j];
}

// Values under the limit are rare once the limit has settled: they are counted in blocks, which vectorises; a block that
// has some is counted again in parts, and only a part that has some is looked through one by one.
enum { BLOCK = 64, PART = 16 };

static inline __attribute__((always_inline)) size_t select_in(const double *restrict products,
                                                               const double *restrict norms, double limit, size_t start,
                                                               size_t end, double *restrict values,
                                                               int32_t *restrict indices, size_t hits) {
    for (size_t first = start; first < end; first += PART) {
        size_t last = first + PART < end ? first + PART : end;
        if (last - first == PART) {
            int64_t below = 0;
            for (size_t l = 0; l < PART; l++) below += norms[first + l] - 2 * products[first + l] < limit;
            if (below == 0) continue;
        }
        for (size_t j = first; j < last; j++) {
            double value = norms[j] - 2 * products[j];
            if (value < limit) {
                values[hits] = value;
                indices[hits] = (int32_t)j;
                hits++;
            }
        }
    }
    return hits;
}

AUSPEX_CLONES
size_t auspex_select_below(const double *restrict products, const double *restrict norms, double limit, size_t count,
                           double *restrict values, int32_t *restrict indices) {
    size_t hits = 0;
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t end = start + BLOCK < count ? start + BLOCK : count;
        int64_t below = 0;
        for (size_t j = start; j < end; j++) below += norms[j] - 2 * products[j] < limit;
        if (below > 0) hits = select_in(products, norms, limit, start, end, values, indices, hits);
    }
    return hits;
}

AUSPEX_CLONES
size_t auspex_slide_select(double *restrict products, const double *restrict leave, const double *restrict enter,
                           double leaving, double entering, const double *restrict norms, double limit, size_t count,
                           double *restrict values, int32_t *restrict indices) {
    size_t hits = 0;
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t end = start + BLOCK < count ? start + BLOCK : count;
        int64_t below = 0;
        for (size_t j = start; j < end; j++) {
            double product = products[j] + (entering * enter[j] - leaving * leave[j]);
            products[j] = product;
            below += norms[j] - 2 * product < limit;
        }
        if (below > 0) hits = select_in(products, norms, limit, start, end, values, indices, hits);
    }
    return hits;
}

// Sixteen running minima vectorise; a second look finds where the smallest of them came from.
enum { LANES = 16 };

AUSPEX_CLONES
size_t auspex_nearest(const float *restrict products, const float *restrict norms, size_t count, float *restrict value) {
    float lanes[LANES];
    for (size_t l = 0; l < LANES; l++) lanes[l] = __builtin_inff();
    size_t whole = count - count % LANES;
    for (size_t j = 0; j < whole; j += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            float candidate = norms[j + l] - 2 * products[j + l];
            lanes[l] = candidate < lanes[l] ? candidate : lanes[l];
        }
    }
    float least = __builtin_inff();
    for (size_t l = 0; l < LANES; l++) least = lanes[l] < least ? lanes[l] : least;
    for (size_t j = whole; j < count; j++) {
        float candidate = norms[j] - 2 * products[j];
        least = candidate < least ? candidate : least;
    }
    *value = least;
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t end = start + BLOCK < count ? start + BLOCK : count;
        int32_t equal = 0;
        for (size_t j = start; j < end; j++) equal += norms[j] - 2 * products[j] == least;
        if (equal == 0) continue;
        for (size_t j = start; j < end; j++) {
            if (norms[j] - 2 * products[j] == least) return j;
        }
    }
    return count;
}
