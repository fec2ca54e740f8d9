import ArgumentParser

/// A number of bytes as people write it: `4g`, `512m`, `100k` or a plain number.
struct ByteSize: ExpressibleByArgument {
    private static let shifts: [Character: Int] = ["k": 10, "m": 20, "g": 30, "t": 40]

    let bytes: Int

    init?(argument: String) {
        let text = argument.lowercased()
        let shift = text.last.flatMap { Self.shifts[$0] }
        let digits = shift == nil ? text[...] : text.dropLast()
        guard let number = Int(digits), number > 0 else { return nil }
        let (bytes, isOverflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !isOverflow else { return nil }
        self.bytes = bytes
    }
}
