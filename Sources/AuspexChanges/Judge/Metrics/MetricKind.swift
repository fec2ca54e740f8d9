/// What the values of a metric are, which decides how they are compared.
package enum MetricKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// How often something happened in each interval: whole numbers from 0.
    case count
    /// A part and what it is a part of, in each interval: errors and requests.
    case ratio
    /// A level at each moment: latency, memory, a share that was computed elsewhere.
    case gauge
}

/// Which difference speaks against a change.
package enum MetricDirection: String, Hashable, Sendable, Codable, CaseIterable {
    /// More is worse.
    case increase
    /// Less is worse.
    case decrease
    /// Any difference is.
    case either
}
