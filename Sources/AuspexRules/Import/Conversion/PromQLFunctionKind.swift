import AuspexSignals

/// What kind of function it is decides why it can't be said, and what to do instead.
enum PromQLFunctionKind: Hashable {
    /// Looks back over the samples of a length of time.
    case overTime
    /// Looks ahead along a straight line.
    case prediction
    /// Asks for series that are not there.
    case absence
    /// Reads the buckets of a histogram.
    case histogram
    /// Asks the clock.
    case clock
    /// Changes labels or order.
    case labels
    /// Makes a series of a number, or a number of a series.
    case conversion
    /// Computes a value from a value.
    case value

    private static let named: [PromQLFunctionKind: Set<String>] = [
        .overTime: [
            "avg_over_time", "changes", "count_over_time", "delta", "deriv", "double_exponential_smoothing",
            "first_over_time", "holt_winters", "idelta", "increase", "irate", "last_over_time", "mad_over_time",
            "max_over_time", "min_over_time", "present_over_time", "quantile_over_time", "rate", "resets",
            "stddev_over_time", "stdvar_over_time", "sum_over_time", "ts_of_first_over_time", "ts_of_last_over_time",
            "ts_of_max_over_time", "ts_of_min_over_time",
        ],
        .prediction: ["predict_linear"],
        .absence: ["absent", "absent_over_time"],
        .histogram: [
            "histogram_avg", "histogram_count", "histogram_fraction", "histogram_quantile", "histogram_quantiles",
            "histogram_stddev", "histogram_stdvar", "histogram_sum",
        ],
        .clock: [
            "day_of_month", "day_of_week", "day_of_year", "days_in_month", "end", "hour", "minute", "month", "range",
            "start", "step", "time", "timestamp", "year",
        ],
        .labels: ["info", "label_join", "label_replace", "sort", "sort_by_label", "sort_by_label_desc", "sort_desc"],
        .conversion: ["pi", "scalar", "vector"],
        .value: [
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "clamp", "clamp_max", "clamp_min", "cos",
            "cosh", "deg", "exp", "floor", "ln", "log10", "log2", "rad", "round", "sgn", "sin", "sinh", "sqrt", "tan",
            "tanh",
        ],
    ]

    private static let kinds: [String: PromQLFunctionKind] = named.reduce(into: [:]) { kinds, entry in
        for name in entry.value { kinds[name] = entry.key }
    }

    /// The kind of the function called `name`; nil for one that is not known.
    init?(_ name: String) {
        guard let kind = Self.kinds[name] else { return nil }
        self = kind
    }

    /// `; did you mean 'rate'?` for a name that is near to a known one; else empty.
    static func hint(for name: String) -> String {
        nearestName(to: name, among: kinds.keys).map { "; did you mean '\($0)'?" } ?? ""
    }
}
