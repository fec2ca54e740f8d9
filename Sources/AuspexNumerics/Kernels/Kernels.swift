import CAuspexKernels

/// The loops that are written in C for wide registers, behind checked borders. Results have the same bits everywhere.
package enum Kernels {
    /// How many neighbouring diagonals a band has.
    package static let band = AUSPEX_BAND

    /// Writes the values halves[j] − products[j] under `limit`, with their j, to the front of the outputs, which are at
    /// least as long as the inputs; returns how many there are.
    package static func selectBelow(
        _ limit: Double, products: UnsafeBufferPointer<Double>, halves: UnsafeBufferPointer<Double>,
        values: UnsafeMutableBufferPointer<Double>, indices: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        let count = products.count
        precondition(halves.count == count && values.count >= count && indices.count >= count, "lengths differ")
        guard let productStart = products.baseAddress, let halfStart = halves.baseAddress,
            let valueStart = values.baseAddress, let indexStart = indices.baseAddress
        else { return 0 }
        return auspex_select_below(productStart, halfStart, limit, count, valueStart, indexStart)
    }

    /// Columns of equal length, one after the other.
    package struct Columns {
        let values: UnsafeBufferPointer<Double>
        let count: Int
        let height: Int

        /// - Parameter values: `count` columns, end to end.
        package init(_ values: UnsafeBufferPointer<Double>, count: Int) {
            precondition(count > 0 && values.count % count == 0, "columns differ")
            self.values = values
            self.count = count
            height = values.count / count
        }
    }

    /// Follows the inner products of windows along ``band`` neighbouring diagonals, one query window and one reference
    /// window down a row, and writes out the few values that are under the limit of their row.
    ///
    /// Row t has the query window that begins at `query` + t, and in lane l the reference window that begins at
    /// `reference` + t + l. Its value is halves[reference + t + l] − product. The columns need a row more than the last
    /// windows have.
    ///
    /// - Parameters:
    ///   - products: of the first row, `band` of them; afterwards those of the row behind the last.
    ///   - halves: one a reference window; what half the squared length of it is, ∞ for one that does not count.
    ///   - limits: one a row.
    ///   - values: those under the limit, row by row; room for `band` of each row.
    ///   - places: where they are, `band` · t + l.
    /// - Returns: how many there are.
    package static func selectInBand(
        _ products: UnsafeMutableBufferPointer<Double>, query: Int, of queries: Columns, reference: Int,
        of references: Columns, window: Int, halves: UnsafeBufferPointer<Double>,
        below limits: UnsafeBufferPointer<Double>,
        values: UnsafeMutableBufferPointer<Double>, places: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        let rows = limits.count
        precondition(products.count == band && queries.count == references.count, "lengths differ")
        precondition(query >= 0 && query + rows + window <= queries.height, "the queries end before the rows")
        precondition(
            reference >= 0 && reference + rows + window + band - 1 <= references.height
                && reference + rows + band - 1 <= halves.count, "the references end before the rows")
        precondition(values.count >= rows * band && places.count >= rows * band, "the outputs are too short")
        guard let productStart = products.baseAddress, let queryStart = queries.values.baseAddress,
            let referenceStart = references.values.baseAddress, let halfStart = halves.baseAddress,
            let limitStart = limits.baseAddress, let valueStart = values.baseAddress,
            let placeStart = places.baseAddress
        else { return 0 }
        return auspex_band_select(
            productStart, queryStart + query, queries.height, referenceStart + reference, references.height,
            queries.count, window, halfStart + reference, limitStart, rows, valueStart, placeStart)
    }

    /// What the correlations of windows follow from: cov(i, j) = cov(i − 1, j − 1) + steps[i] · levels[j] +
    /// levels[i] · steps[j]; times factors[i] · factors[j] it is a correlation. Factors are NaN for windows that take no
    /// part. All three have the same length.
    package struct Forms {
        let steps: UnsafeBufferPointer<Double>
        let levels: UnsafeBufferPointer<Double>
        let factors: UnsafeBufferPointer<Double>

        package init(
            steps: UnsafeBufferPointer<Double>, levels: UnsafeBufferPointer<Double>,
            factors: UnsafeBufferPointer<Double>
        ) {
            precondition(steps.count == factors.count && levels.count == factors.count, "lengths differ")
            (self.steps, self.levels, self.factors) = (steps, levels, factors)
        }
    }

    /// The highest correlation of each window so far, and with which window.
    package struct Best {
        let values: UnsafeMutableBufferPointer<Double>
        let indices: UnsafeMutableBufferPointer<Int32>

        package init(values: UnsafeMutableBufferPointer<Double>, indices: UnsafeMutableBufferPointer<Int32>) {
            precondition(values.count == indices.count, "lengths differ")
            (self.values, self.indices) = (values, indices)
        }
    }

    /// Follows the covariances of windows along ``band`` neighbouring diagonals, and keeps the correlations over the best
    /// so far: for window `row` + t those with windows behind it, for window `other` + t + l those with windows before it.
    ///
    /// - Parameters:
    ///   - seeds: the covariances of window `row` with the `band` windows from `other` on.
    ///   - other: behind `row`; all arrays go on for `band` + 1 elements behind the last row's.
    package static func correlateBand(
        _ seeds: UnsafeBufferPointer<Double>, _ forms: Forms, row: Int, other: Int, rows: Int, behind: Best,
        before: Best
    ) {
        let needed = other + rows + band
        precondition(seeds.count == band && row >= 0 && other > row && rows >= 0, "the band is none")
        precondition(
            needed <= forms.factors.count && needed <= behind.values.count && needed <= before.values.count,
            "the windows end before the rows")
        guard let seedStart = seeds.baseAddress, let steps = forms.steps.baseAddress,
            let levels = forms.levels.baseAddress, let factors = forms.factors.baseAddress,
            let behindValues = behind.values.baseAddress, let behindIndices = behind.indices.baseAddress,
            let beforeValues = before.values.baseAddress, let beforeIndices = before.indices.baseAddress
        else { return }
        var pointers = auspex_forms(steps: steps, levels: levels, factors: factors)
        auspex_band_correlate(
            seedStart, &pointers, row, other, rows, auspex_best(values: behindValues, indices: behindIndices),
            auspex_best(values: beforeValues, indices: beforeIndices))
    }

    /// The sum of squared differences. Both have the same length.
    package static func squaredDistance(_ one: UnsafeBufferPointer<Double>, _ other: UnsafeBufferPointer<Double>)
        -> Double
    {
        precondition(one.count == other.count, "lengths differ")
        guard let start = one.baseAddress, let otherStart = other.baseAddress else { return 0 }
        return auspex_squared_distance(start, otherStart, one.count)
    }

    /// The first j for which norms[j] − 2 · products[j] is least, with that value; nil when no value is finite. Both have
    /// the same length.
    package static func nearest(
        products: UnsafeBufferPointer<Float>, norms: UnsafeBufferPointer<Float>
    ) -> (index: Int, value: Float)? {
        precondition(norms.count == products.count, "lengths differ")
        guard let productStart = products.baseAddress, let normStart = norms.baseAddress else { return nil }
        var value = Float.infinity
        let index = auspex_nearest(productStart, normStart, products.count, &value)
        return value.isFinite ? (index, value) : nil
    }

    /// Where the newest of the values in a ring is, the older ones behind it and around the end.
    package struct LagRing: Sendable, Hashable {
        /// The place of the newest value.
        package var newest: Int32 = 0
        /// How many values are held.
        package var count: Int32 = 0
        /// How many have come, as far as it matters.
        package var pushed: Int32 = 0

        /// A ring without values.
        package init() {}

        /// Takes a value in, in the place of the oldest when the ring is full.
        package mutating func push(_ value: Float, to values: UnsafeMutablePointer<Float>, capacity: Int) {
            newest = newest == 0 ? Int32(capacity - 1) : newest - 1
            values[Int(newest)] = value
            count = min(count + 1, Int32(capacity))
            pushed = min(pushed + 1, .max - 1)
        }

        /// Whether a ring of this capacity can be so.
        package func isSound(capacity: Int) -> Bool {
            (0..<Int32(capacity)).contains(newest) && (0...Int32(capacity)).contains(count) && pushed >= count
        }
    }

    /// Averages the squared differences of a value from those before it, one exponential average for each lag, kept in 16
    /// bits with 8 bits of precision.
    ///
    /// - Parameters:
    ///   - averages: of lag 1, 2, …; updated for as many lags as the ring holds values.
    ///   - values: of the ring.
    ///   - width: over how many values the averages run, and the least lag that counts; at least 2.
    /// - Returns: the least average of the lags from `width` on that have run over `width` values; nil if there is none.
    package static func leastLagDistance(
        averages: UnsafeMutableBufferPointer<UInt16>, values: UnsafeBufferPointer<Float>, ring: LagRing, value: Float,
        width: Int
    ) -> Float? {
        precondition(ring.isSound(capacity: values.count) && width > 1, "no such ring")
        let lags = min(averages.count, Int(ring.count))
        guard lags > 0, let average = averages.baseAddress, let start = values.baseAddress else { return nil }
        let last = min(lags, Int(ring.pushed) - width)
        let least = auspex_least_lag_average(
            average, start, values.count, Int(ring.newest), lags, value, 1 - 1 / Float(width), width, max(last, 0))
        return least < 0 ? nil : least
    }

    /// How many of the values are under the limit.
    package static func count(of values: UnsafeBufferPointer<Float>, below limit: Float) -> Int {
        guard let start = values.baseAddress else { return 0 }
        return auspex_count_below(start, values.count, limit)
    }

    /// How many of the values are not over the limit.
    package static func count(of values: UnsafeBufferPointer<Float>, upTo limit: Float) -> Int {
        guard let start = values.baseAddress else { return 0 }
        return auspex_count_to(start, values.count, limit)
    }

    /// The sum of counts that is known to be under 65,536.
    package static func sum(of counts: UnsafeBufferPointer<UInt16>) -> Int {
        guard let start = counts.baseAddress else { return 0 }
        return Int(auspex_sum(start, counts.count))
    }

    /// The first index of the range at which a value is least over the one before it, and by how much; nil when there is none.
    ///
    /// - Parameter range: of indices from 1 on.
    package static func leastGap(
        of values: UnsafeBufferPointer<Float>, at range: Range<Int>
    ) -> (index: Int, width: Float)? {
        precondition(range.lowerBound > 0 && range.upperBound <= values.count, "no such values")
        guard let start = values.baseAddress, !range.isEmpty else { return nil }
        var width = Float.infinity
        let index = auspex_least_gap(start, range.lowerBound, range.upperBound - 1, &width)
        return index > 0 ? (index, width) : nil
    }
}
