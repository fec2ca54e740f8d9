// The loops that need wide registers. Each has a twin in Swift in the tests, and gives the same bits on every machine: no
// reassociation, no contraction.
#ifndef AUSPEX_KERNELS_H
#define AUSPEX_KERNELS_H
#include <stddef.h>
#include <stdint.h>

// Writes values[h] = halves[j] - products[j] and indices[h] = j for each j whose value is under limit, in order of j,
// and returns how many there are. Both outputs need room for count elements.
size_t auspex_select_below(const double *products, const double *halves, double limit, size_t count, double *values,
                           int32_t *indices);

// How many neighbouring diagonals a band has.
enum { AUSPEX_BAND = 16 };

// Follows the inner products of a query and a band of reference windows along their diagonals, a row down and a window
// on. products holds those of row 0 and afterwards those of row `rows`. Row t has the query that begins at queries[t] and
// in lane l the reference window that begins at references[t + l]; columns lie `stride` apart. Where
// halves[t + l] - product < limits[t], that value goes to values and 16 * t + l to places, in this order; both need room
// for 16 * rows elements. Returns how many there are. Reads rows + window values of queries, 15 more of references.
size_t auspex_band_select(double *products, const double *queries, size_t query_stride, const double *references,
                          size_t reference_stride, size_t columns, size_t window, const double *halves,
                          const double *limits, size_t rows, double *values, int32_t *places);

// What the covariance of two windows takes from that of the windows one row earlier, and what makes it a correlation:
// cov(i, j) = cov(i - 1, j - 1) + steps[i] * levels[j] + levels[i] * steps[j], times factors[i] * factors[j], which are NaN
// for windows that take no part.
struct auspex_forms {
    const double *steps, *levels, *factors;
};

// The highest correlation of each window so far, and with which one.
struct auspex_best {
    double *values;
    int32_t *indices;
};

// Follows the covariances of window `row` with the 16 windows from `other` on along their diagonals for some rows, and
// keeps what is over the best so far: of row t behind it, of each other one before it. Reads 17 elements behind the last.
void auspex_band_correlate(const double *seeds, const struct auspex_forms *forms, size_t row, size_t other, size_t rows,
                           struct auspex_best behind, struct auspex_best before);

// The sum of squared differences, in eight sums that are added up at the end.
double auspex_squared_distance(const double *one, const double *other, size_t count);

// The first j for which norms[j] - 2 * products[j] is least, that value in *value; count when there is none below infinity.
size_t auspex_nearest(const float *products, const float *norms, size_t count, float *value);

// Averages the squared differences of a value from those before it, one average a lag: averages[L - 1] becomes keep times
// itself plus (1 - keep) * (value - the value L steps ago)^2, for L from 1 to lags, kept as bfloat16. ring holds the last
// `capacity` values, the newest at `newest` and the older ones behind it, around the end. Returns the least average of the
// lags from first to last, -1 when there are none.
float auspex_least_lag_average(uint16_t *averages, const float *ring, size_t capacity, size_t newest, size_t lags,
                               float value, float keep, size_t first, size_t last);

// How many of the values are under the limit, or are not over it.
size_t auspex_count_below(const float *values, size_t count, float limit);
size_t auspex_count_to(const float *values, size_t count, float limit);

// The sum of counts, modulo 65,536.
uint16_t auspex_sum(const uint16_t *counts, size_t count);

// The first k from first to last for which values[k] - values[k - 1] is least, that difference in *gap; 0 and infinity when
// there is none. first is at least 1.
size_t auspex_least_gap(const float *values, size_t first, size_t last, float *gap);
#endif
