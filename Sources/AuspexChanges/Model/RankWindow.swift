/// The last changes of a service, to say where a new one lies among them.
///
/// A rank stays comparable while a project grows: "more developers than nine in ten of the last changes" means the
/// same in the first year and in the fifth, a number of developers doesn't.
struct RankWindow: Sendable {
    /// How many changes are remembered.
    static let capacity = 500

    /// Oldest first from `oldest` on, round about.
    private var recent: [ChangeMeasures] = []
    private var oldest = 0
    /// Each measure's values, ascending.
    private var sorted = [[Double]](repeating: [], count: ChangeMeasures.count)

    /// A window over the last of the changes, which come oldest first.
    init(_ changes: some Collection<ChangeMeasures> = []) {
        for change in changes.suffix(Self.capacity) { add(change) }
    }

    /// The changes remembered, oldest first.
    var changes: [ChangeMeasures] { Array(recent[oldest...] + recent[..<oldest]) }

    /// Remembers a change and, once the window is full, forgets the oldest.
    mutating func add(_ change: ChangeMeasures) {
        var leaving: ChangeMeasures?
        if recent.count < Self.capacity {
            recent.append(change)
        } else {
            leaving = recent[oldest]
            recent[oldest] = change
            oldest = (oldest + 1) % Self.capacity
        }
        for index in 0..<ChangeMeasures.count {
            if let leaving { sorted[index].remove(at: Self.place(of: leaving.values[index], in: sorted[index])) }
            sorted[index].insert(change.values[index], at: Self.place(of: change.values[index], in: sorted[index]))
        }
    }

    /// For each measure the share of remembered changes with less plus half of those with as much; ½ when none is
    /// remembered. O(measures · log capacity).
    func ranks(of change: ChangeMeasures) -> [Double] {
        change.values.indices.map { index in
            let values = sorted[index]
            guard !values.isEmpty else { return 0.5 }
            let value = change.values[index]
            let upTo = Self.place(of: value.nextUp, in: values)
            return Double(Self.place(of: value, in: values) + upTo) / Double(2 * values.count)
        }
    }

    /// How many of the ascending values are less than `value`.
    private static func place(of value: Double, in values: [Double]) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
