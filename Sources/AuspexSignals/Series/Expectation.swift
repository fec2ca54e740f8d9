/// What a detector expected to see: the value and the band around it that counts as normal.
public struct Expectation: Hashable, Sendable, Codable {
    /// The expected value, in the series' own unit.
    public var value: Double
    /// The band's lower end, at most ``value``.
    public var lower: Double
    /// The band's upper end, at least ``value``.
    public var upper: Double

    /// Creates an expectation.
    public init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }
}
