/// The fields of a source's facts that have to be made: bit i stands for the i-th field of ``FactSchema``.
struct FactFields: OptionSet, Hashable, Sendable {
    let rawValue: UInt32

    /// Every field.
    static let all = FactFields(rawValue: .max)

    /// The fields called `names`; all for nil.
    init(_ names: Set<String>?, of source: FactSource) {
        guard let names else {
            self = .all
            return
        }
        var bits: UInt32 = 0
        for (place, field) in FactSchema.fields(of: source).enumerated() where names.contains(field.name) {
            bits |= 1 << UInt32(place)
        }
        self.init(rawValue: bits)
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// The fields of a metric fact, in the order of ``FactSchema/metric``.
extension FactFields {
    static let name = FactFields(rawValue: 1 << 0)
    static let labels = FactFields(rawValue: 1 << 1)
    static let value = FactFields(rawValue: 1 << 2)
    static let expectation: FactFields = [
        FactFields(rawValue: 1 << 3), FactFields(rawValue: 1 << 4), FactFields(rawValue: 1 << 5),
    ]
    static let score = FactFields(rawValue: 1 << 6)
    static let anomalyScore = FactFields(rawValue: 1 << 7)
    static let pValue = FactFields(rawValue: 1 << 8)
    static let isAnomalous = FactFields(rawValue: 1 << 9)
    static let isReady = FactFields(rawValue: 1 << 10)
    static let time = FactFields(rawValue: 1 << 11)
}
