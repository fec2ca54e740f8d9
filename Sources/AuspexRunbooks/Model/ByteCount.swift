/// Numbers of bytes as people write them: `512MiB`, `5MB`, `65536`.
package enum ByteCount {
    /// What the units stand for, the larger first.
    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000), ("B", 1),
    ]
    /// What a text must look like, for messages.
    package static let form = "a number of bytes with a unit, such as 512MiB or 5MB"

    /// The number that `text` stands for; nil when it is none, or none that fits.
    package static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty, let number = Int64(digits) else { return nil }
        let name = text.dropFirst(digits.count)
        let unit = name.isEmpty ? 1 : units.first { $0.name == name }?.bytes
        guard let unit else { return nil }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: unit)
        return overflows ? nil : bytes
    }

    /// `512 MiB`: in the largest unit of 1,024 that divides it.
    package static func text(_ bytes: Int64) -> String {
        let unit = units.prefix(4).first { bytes >= $0.bytes && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes) \($0.name)" } ?? "\(bytes) bytes"
    }
}
