extension StateReader {
    /// A number that must lie in `range`, and so is one.
    mutating func double(in range: ClosedRange<Double>, _ name: String) throws(LogSnapshotError) -> Double {
        let number = try double()
        guard range.contains(number) else { throw error("\(name) is \(number); allowed: \(range)") }
        return number
    }

    /// A list of as many numbers as `count`, all in `range`.
    mutating func doubles(
        _ count: Int, in range: ClosedRange<Double>, _ name: String
    ) throws(LogSnapshotError) -> [Double] {
        let numbers = try list { reader throws(LogSnapshotError) in try reader.double(in: range, name) }
        guard numbers.count == count else { throw error("\(numbers.count) of \(count) numbers of \(name)") }
        return numbers
    }

    /// Checks a configuration as its detector does.
    func checked(_ validate: () throws(LogConfigurationError) -> Void) throws(LogSnapshotError) {
        do {
            try validate()
        } catch {
            throw self.error("\(error)")
        }
    }
}
