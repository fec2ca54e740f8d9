import AuspexSignals

extension HookNode {
    private static let form = "a time such as 2026-03-01T12:00:00Z, or seconds or milliseconds since 1970"

    /// A moment; nil when missing, empty or before 1970, which senders write for none.
    func time(_ name: String) throws(HookError) -> Timestamp? {
        guard let node = self[name], node.value.string != "" else { return nil }
        guard let moment = node.moment else { throw node.wrong("must be \(Self.form)") }
        return moment.milliseconds > 0 ? moment : nil
    }

    /// The first of these moments that is there.
    func time(firstOf names: String...) throws(HookError) -> Timestamp? {
        for name in names {
            if let moment = try time(name) { return moment }
        }
        return nil
    }

    /// A moment that must be there.
    func neededTime(_ name: String) throws(HookError) -> Timestamp {
        guard let moment = try time(name) else {
            throw .malformed(path: "\(path).\(name)", reason: "missing; it must be \(Self.form)")
        }
        return moment
    }

    /// The moment that this is: ISO 8601 also as Ruby writes it (`2021-04-28 21:50:00 +0200`, `… UTC`), a number of
    /// seconds, milliseconds, microseconds or nanoseconds, or the same as text.
    private var moment: Timestamp? {
        switch value {
        case .int(let number): return Self.moment(number)
        case .double(let seconds):
            return Int64(exactly: (seconds * 1_000).rounded()).map { Timestamp(milliseconds: $0) }
        case .string(let text):
            if let number = Int64(text) { return Self.moment(number) }
            return Timestamp(iso8601: Self.plainISO(text))
        default: return nil
        }
    }

    /// Which unit a number is in shows in its size: each range holds the moments of 1973 to 5138.
    private static func moment(_ number: Int64) -> Timestamp {
        switch number.magnitude {
        case 0..<100_000_000_000: Timestamp(milliseconds: number * 1_000)
        case 0..<100_000_000_000_000: Timestamp(milliseconds: number)
        case 0..<100_000_000_000_000_000: Timestamp(milliseconds: number / 1_000)
        default: Timestamp(milliseconds: number / 1_000_000)
        }
    }

    private static func plainISO(_ text: String) -> String {
        // 40 bytes hold every form of a moment.
        guard text.utf8.count <= 40 else { return "" }
        var parts = text.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 3 {
            let zone = parts.removeLast()
            return parts.joined(separator: "T") + (zone == "UTC" ? "Z" : zone)
        }
        return text
    }
}
