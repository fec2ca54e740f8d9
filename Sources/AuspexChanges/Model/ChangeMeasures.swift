/// The measures of a change as numbers, in the order of ``ChangeFeature``. What is no number or negative counts as 0.
package struct ChangeMeasures: Hashable, Sendable, Codable {
    /// One number a measure, from 0 to 10¹⁵.
    package let values: [Double]

    /// How many measures there are.
    package static let count = ChangeFeature.allCases.count

    /// Takes the measures of a change.
    package init(_ features: ChangeFeatures) {
        self.init { $0.value(of: features) }
    }

    /// Asks for each measure's value.
    package init(_ value: (ChangeFeature) -> Double) {
        values = ChangeFeature.allCases.map { Self.plain(value($0)) }
    }

    /// Reads a list of numbers.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let numbers = try container.decode([Double].self)
        guard numbers.count == Self.count, numbers.allSatisfy({ (0...Self.largest).contains($0) }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected \(Self.count) numbers from 0 to \(Self.largest)")
        }
        values = numbers
    }

    /// Writes a list of numbers.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// One measure.
    package subscript(feature: ChangeFeature) -> Double { values[feature.position] }

    /// The same change with another value of one measure.
    func replacing(_ feature: ChangeFeature, by value: Double) -> ChangeMeasures {
        ChangeMeasures { $0 == feature ? value : self[$0] }
    }

    /// No measure counts for more, so that sums of them are exact enough and none overflows.
    private static let largest = 1e15

    private static func plain(_ value: Double) -> Double { value.isNaN ? 0 : min(max(0, value), largest) }
}

extension ChangeFeature {
    /// The place in ``ChangeMeasures/values``.
    var position: Int {
        switch self {
        case .la: 0
        case .ld: 1
        case .nf: 2
        case .nd: 3
        case .ns: 4
        case .entropy: 5
        case .lt: 6
        case .fix: 7
        case .ndev: 8
        case .age: 9
        case .nuc: 10
        case .exp: 11
        case .rexp: 12
        case .sexp: 13
        }
    }
}
