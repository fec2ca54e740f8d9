/// What a metric under watch is made of, minute by minute, over all series of a service that belong to it.
enum WatchForm: String, Hashable, Sendable, Codable, CaseIterable {
    /// The mean of levels.
    case level
    /// By how much counters rose, together.
    case rate
    /// By how much the counters of what failed rose, among all of the same name.
    case failing
    /// By how much sums rose, over by how much the counters of what was summed did: a mean latency, of a histogram.
    case mean

    /// The metric's name for people, of the series' name.
    func title(_ name: String) -> String {
        switch self {
        case .level, .rate: name
        case .failing: name + " failing"
        case .mean: name + " mean"
        }
    }
}

/// What a series is to the watch: of which metric it is a part.
struct SeriesUse: Hashable, Sendable, Codable {
    /// The metric's name for people.
    let title: String
    /// The name by which kind and direction are recognised.
    let name: String
    let form: WatchForm
    /// Whether it counts for the value itself, not only for what that is a part of.
    let isPart: Bool
    /// Whether it counts for what the value is a part of.
    let isWhole: Bool
}
