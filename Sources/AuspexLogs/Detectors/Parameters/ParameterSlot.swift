/// What is known of one parameter of a template.
struct ParameterSlot: Hashable, Sendable {
    /// What may be unusual in a value.
    enum Finding: Hashable, Sendable {
        case number(Double, median: Double)
        case newValue(known: Int)
    }

    /// A finding and the chance of it when nothing is wrong.
    struct Judgement: Hashable, Sendable {
        var finding: Finding
        var pValue: Double
    }

    /// A parameter is numeric when at least this share of its values are numbers.
    private static let numericShare = 0.95
    /// Different numbers from which on they may measure something, though they are few.
    private static let fewestMeasures = 8

    /// How many parameters the template had: another number means other parameters.
    let arity: Int
    private(set) var seen = 0
    private var values = ValueCounts()
    private var numbers = NumberRange()

    init(arity: Int) { self.arity = arity }

    /// Judges a value by its hash and its number, if it is one, and learns it; nil when it is not to be
    /// reported.
    mutating func update(hash: UInt64, number: Double?, alpha: Double) -> Judgement? {
        let judgement = judge(hash, number, alpha: alpha)
        values.learn(hash, isWarm: isReady)
        if let number { numbers.learn(number, alpha: alpha) }
        seen = min(seen + 1, 1_000_000_000)
        return judgement
    }

    /// Whether anything can be said.
    var isReady: Bool { seen >= NumberRange.warmUp }

    private func judge(_ hash: UInt64, _ number: Double?, alpha: Double) -> Judgement? {
        guard isReady else { return nil }
        if !values.isOpen {
            guard !values.isKnown(hash) else { return nil }
            let chance = values.chanceOfNew
            if chance <= alpha { return Judgement(finding: .newValue(known: values.counts.count), pValue: chance) }
            // So few different numbers are codes, and a new one says nothing by its size.
            guard values.counts.count >= Self.fewestMeasures else { return nil }
        }
        guard let number, Double(numbers.seen) >= Self.numericShare * Double(seen) else { return nil }
        let chance = numbers.chance(of: number)
        return chance > alpha ? nil : Judgement(finding: .number(number, median: numbers.median), pValue: chance)
    }

    func write(to writer: inout StateWriter) {
        writer.write(arity)
        writer.write(seen)
        values.write(to: &writer)
        numbers.write(to: &writer)
    }

    init(reading reader: inout StateReader) throws(LogSnapshotError) {
        arity = try reader.int(in: 0...1_000_000, "parameters")
        seen = try reader.int(in: 0...1_000_000_000, "values")
        values = try ValueCounts(reading: &reader)
        numbers = try NumberRange(reading: &reader)
    }
}
