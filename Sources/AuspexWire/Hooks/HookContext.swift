import AuspexSignals

/// What a decoder knows besides the body.
struct HookContext {
    /// Who sent the delivery.
    let sender: HookSender
    /// The delivery's id.
    let delivery: String
    /// When it came; used where an event has no time of its own.
    let receivedAt: Timestamp
    /// What the sender's names mean.
    let names: [ServiceName]

    /// Where something happens.
    struct Place: Hashable {
        var service: String
        var environment: String
    }

    /// The service and the environment of something.
    ///
    /// - Parameters:
    ///   - names: The names that the sender has for it, such as repository and job.
    ///   - service: What it is called where no configured name matches.
    ///   - stated: The service that the event itself states for us; it goes over a configured name.
    ///   - environment: The environment that the event tells; empty when it tells none.
    func place(_ names: [String], service: String, stated: String? = nil, environment: String = "") -> Place {
        let meaning = self.names.first { $0.matches(names, of: sender) }
        return Place(
            service: stated ?? meaning?.service ?? service,
            environment: environment.isEmpty ? meaning?.environment ?? "" : environment)
    }

    /// A question's id, of characters that may stand in a path as they are.
    func questionID(_ parts: String...) -> String {
        let longest = 160
        let text = ([sender.rawValue] + parts).joined(separator: ":")
        let isPlain = text.utf8.count <= longest && text.utf8.allSatisfy { Self.isPlain($0) || $0 == UInt8(ascii: "/") }
        let plain = String(
            decoding: text.utf8.prefix(longest).map { Self.isPlain($0) ? $0 : UInt8(ascii: "~") }, as: UTF8.self)
        if isPlain { return plain }
        var hash = StableHash()
        hash.combine(text)
        return plain + "~" + String(hash.value, radix: 16)
    }

    /// Whether a byte may stand in a path as it is (RFC 3986, unreserved, and the colon).
    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
