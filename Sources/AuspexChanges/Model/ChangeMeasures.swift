/// The measures of a change as numbers, in the order of ``ChangeFeature``. What is not known, not finite or negative
/// counts as 0.
package struct ChangeMeasures: Hashable, Sendable, Codable {
    /// One number a measure, finite and at least 0.
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
        guard numbers.count == Self.count, numbers.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected \(Self.count) numbers of at least 0")
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

    private static func plain(_ value: Double) -> Double { value.isFinite ? max(0, value) : 0 }
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
