/// Who holds how much of the memory that several computations share.
struct MemoryLedger: Hashable, Sendable {
    /// All that is shared, in bytes.
    let allowed: Int
    private var held: [Int: Int] = [:]

    init(allowed: Int) {
        self.allowed = allowed
    }

    /// What is held by all of them, in bytes; at most `Int.max`.
    var total: Int {
        held.values.reduce(0) { sum, bytes in
            let (total, isOverflow) = sum.addingReportingOverflow(bytes)
            return isOverflow ? .max : total
        }
    }

    /// Sets bytes aside, if they are there. Whoever is alone always gets them, so that somebody always goes on.
    ///
    /// - Returns: false when they are not there; then nothing is set aside.
    mutating func reserve(_ bytes: Int, for number: Int) -> Bool {
        guard held.isEmpty || bytes <= allowed - min(allowed, total) else { return false }
        held[number] = bytes
        return true
    }

    /// Gives part back of what a computation holds.
    mutating func keep(_ bytes: Int, of number: Int) {
        if let before = held[number] { held[number] = min(before, bytes) }
    }

    /// Gives all back that a computation holds.
    mutating func release(_ number: Int) { held[number] = nil }
}
