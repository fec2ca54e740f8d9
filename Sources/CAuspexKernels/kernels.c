#include "AuspexKernels.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define AUSPEX_CLONES __attribute__((target_clones("default", "arch=x86-64-v3")))
#else
#define AUSPEX_CLONES
#endif

// Eight neighbouring doubles: one register of AVX-512, two of AVX, four of SSE or NEON. Any address will do.
typedef double eight __attribute__((vector_size(64), aligned(8)));
typedef int64_t eight_flags __attribute__((vector_size(64)));
#define EIGHT(address) (*(const eight *)(address))

// Values under the limit are rare once the limit has settled: they are counted in blocks, which vectorises; a block that
// has some is counted again in parts, and only a part that has some is looked through one by one.
enum { BLOCK = 64, PART = 16 };

static inline __attribute__((always_inline)) size_t select_in(const double *restrict products,
                                                               const double *restrict halves, double limit, size_t start,
                                                               size_t end, double *restrict values,
                                                               int32_t *restrict indices, size_t hits) {
    for (size_t first = start; first < end; first += PART) {
        size_t last = first + PART < end ? first + PART : end;
        if (last - first == PART) {
            int64_t below = 0;
            for (size_t l = 0; l < PART; l++) below += halves[first + l] - products[first + l] < limit;
            if (below == 0) continue;
        }
        for (size_t j = first; j < last; j++) {
            double value = halves[j] - products[j];
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
size_t auspex_select_below(const double *restrict products, const double *restrict halves, double limit, size_t count,
                           double *restrict values, int32_t *restrict indices) {
    size_t hits = 0;
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t end = start + BLOCK < count ? start + BLOCK : count;
        int64_t below = 0;
        for (size_t j = start; j < end; j++) below += halves[j] - products[j] < limit;
        if (below > 0) hits = select_in(products, halves, limit, start, end, values, indices, hits);
    }
    return hits;
}

// A band of diagonals stays in registers from row to row: nothing is stored but the few that are selected. Lanes are
// separate sums, so that their width changes no bit.
static inline __attribute__((always_inline)) size_t band_select(double *restrict products,
                                                                 const double *restrict queries, size_t query_stride,
                                                                 const double *restrict references,
                                                                 size_t reference_stride, size_t columns, size_t window,
                                                                 const double *restrict halves,
                                                                 const double *restrict limits, size_t rows,
                                                                 double *restrict values, int32_t *restrict places) {
    size_t hits = 0;
    eight low = EIGHT(products), high = EIGHT(products + 8);
    for (size_t row = 0; row < rows; row++) {
        eight low_value = EIGHT(halves + row) - low, high_value = EIGHT(halves + row + 8) - high;
        eight_flags found = (eight_flags)(low_value < limits[row]) | (eight_flags)(high_value < limits[row]);
        if (__builtin_expect(__builtin_reduce_or(found) != 0, 0)) {
            double candidates[AUSPEX_BAND];
            *(eight *)candidates = low_value;
            *(eight *)(candidates + 8) = high_value;
            for (size_t lane = 0; lane < AUSPEX_BAND; lane++) {
                values[hits] = candidates[lane];
                places[hits] = (int32_t)(row * AUSPEX_BAND + lane);
                hits += candidates[lane] < limits[row];
            }
        }
        for (size_t column = 0; column < columns; column++) {
            const double *query = queries + column * query_stride + row;
            const double *reference = references + column * reference_stride + row;
            low += query[window] * EIGHT(reference + window) - query[0] * EIGHT(reference);
            high += query[window] * EIGHT(reference + window + 8) - query[0] * EIGHT(reference + 8);
        }
    }
    *(eight *)products = low;
    *(eight *)(products + 8) = high;
    return hits;
}

AUSPEX_CLONES
size_t auspex_band_select(double *restrict products, const double *restrict queries, size_t query_stride,
                          const double *restrict references, size_t reference_stride, size_t columns, size_t window,
                          const double *restrict halves, const double *restrict limits, size_t rows,
                          double *restrict values, int32_t *restrict places) {
    return columns == 1 ? band_select(products, queries, 0, references, 0, 1, window, halves, limits, rows, values, places)
                        : band_select(products, queries, query_stride, references, reference_stride, columns, window,
                                      halves, limits, rows, values, places);
}

AUSPEX_CLONES
void auspex_band_correlate(const double *restrict seeds, const struct auspex_forms *forms, size_t row, size_t other,
                           size_t rows, struct auspex_best behind, struct auspex_best before) {
    const double *restrict steps = forms->steps, *restrict levels = forms->levels, *restrict factors = forms->factors;
    eight low = EIGHT(seeds), high = EIGHT(seeds + 8);
    for (size_t end = row + rows; row < end; row++, other++) {
        eight low_value = low * EIGHT(factors + other) * factors[row];
        eight high_value = high * EIGHT(factors + other + 8) * factors[row];
        double most = behind.values[row];
        eight_flags found = (eight_flags)(low_value > most) | (eight_flags)(high_value > most) |
                            (eight_flags)(low_value > EIGHT(before.values + other)) |
                            (eight_flags)(high_value > EIGHT(before.values + other + 8));
        if (__builtin_expect(__builtin_reduce_or(found) != 0, 0)) {
            double candidates[AUSPEX_BAND];
            *(eight *)candidates = low_value;
            *(eight *)(candidates + 8) = high_value;
            for (size_t lane = 0; lane < AUSPEX_BAND; lane++) {
                double value = candidates[lane];
                if (value > behind.values[row]) {
                    behind.values[row] = value;
                    behind.indices[row] = (int32_t)(other + lane);
                }
                if (value > before.values[other + lane]) {
                    before.values[other + lane] = value;
                    before.indices[other + lane] = (int32_t)row;
                }
            }
        }
        double step = steps[row + 1], level = levels[row + 1];
        low += step * EIGHT(levels + other + 1) + level * EIGHT(steps + other + 1);
        high += step * EIGHT(levels + other + 9) + level * EIGHT(steps + other + 9);
    }
}

AUSPEX_CLONES
double auspex_squared_distance(const double *restrict one, const double *restrict other, size_t count) {
    eight sums = {0};
    size_t whole = count - count % 8;
    for (size_t j = 0; j < whole; j += 8) {
        eight difference = EIGHT(one + j) - EIGHT(other + j);
        sums += difference * difference;
    }
    double sum = 0;
    for (size_t lane = 0; lane < 8; lane++) sum += sums[lane];
    for (size_t j = whole; j < count; j++) sum += (one[j] - other[j]) * (one[j] - other[j]);
    return sum;
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

// bfloat16: the upper half of a float, rounded to nearest even.
static inline float widened(uint16_t half) {
    const uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint16_t halved(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

AUSPEX_CLONES
static void average_differences(uint16_t *restrict averages, const float *restrict past, size_t count, float value, float keep) {
    const float take = 1 - keep;
    for (size_t i = 0; i < count; i++) {
        const float difference = value - past[i];
        averages[i] = halved(keep * widened(averages[i]) + take * (difference * difference));
    }
}

AUSPEX_CLONES
static uint16_t least(const uint16_t *values, size_t count) {
    uint16_t result = UINT16_MAX;
    for (size_t i = 0; i < count; i++) result = values[i] < result ? values[i] : result;
    return result;
}

float auspex_least_lag_average(uint16_t *averages, const float *ring, size_t capacity, size_t newest, size_t lags,
                               float value, float keep, size_t first, size_t last) {
    const size_t straight = lags < capacity - newest ? lags : capacity - newest;
    average_differences(averages, ring + newest, straight, value, keep);
    average_differences(averages + straight, ring, lags - straight, value, keep);
    if (first < 1 || last > lags || first > last) return -1;
    // Averages are 0 or more, and such halves are in the order of their bits.
    return widened(least(averages + first - 1, last - first + 1));
}

AUSPEX_CLONES
size_t auspex_count_below(const float *values, size_t count, float limit) {
    uint32_t result = 0;
    for (size_t i = 0; i < count; i++) result += values[i] < limit;
    return result;
}

AUSPEX_CLONES
size_t auspex_count_to(const float *values, size_t count, float limit) {
    uint32_t result = 0;
    for (size_t i = 0; i < count; i++) result += values[i] <= limit;
    return result;
}

AUSPEX_CLONES
uint16_t auspex_sum(const uint16_t *counts, size_t count) {
    uint16_t result = 0;
    for (size_t i = 0; i < count; i++) result = (uint16_t)(result + counts[i]);
    return result;
}

AUSPEX_CLONES
size_t auspex_least_gap(const float *values, size_t first, size_t last, float *gap) {
    float lanes[LANES];
    for (size_t l = 0; l < LANES; l++) lanes[l] = __builtin_inff();
    size_t k = first;
    for (; k + LANES <= last + 1; k += LANES) {
        for (size_t l = 0; l < LANES; l++) {
            const float width = values[k + l] - values[k + l - 1];
            lanes[l] = width < lanes[l] ? width : lanes[l];
        }
    }
    float least = __builtin_inff();
    for (size_t l = 0; l < LANES; l++) least = lanes[l] < least ? lanes[l] : least;
    for (; k <= last; k++) {
        const float width = values[k] - values[k - 1];
        least = width < least ? width : least;
    }
    *gap = least;
    for (k = first; k <= last; k++) {
        if (values[k] - values[k - 1] == least) return k;
    }
    return 0;
}
