/// A number of bytes as it is written in a file: `65536`, `512KB`, `5MB`, `1GiB`.
struct ByteCount: Hashable, Sendable {
    private static let units: [(name: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ]

    /// The number.
    let bytes: Int64

    /// Reads the text; nil for anything else than a whole number that is not negative, with a unit or without.
    init?(_ text: String) {
        let unit = Self.units.first { text.hasSuffix($0.name) }
        let digits = text.dropLast(unit?.name.count ?? 0)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int64(digits)
        else { return nil }
        let (bytes, isOverflow) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        guard !isOverflow else { return nil }
        self.bytes = bytes
    }
}
