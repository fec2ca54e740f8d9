public import AuspexSignals

/// Where a line says which session it belongs to.
public enum SessionKey: Hashable, Sendable, Codable {
    /// The value of an attribute of the record, such as `trace_id`.
    case attribute(String)
    /// The first parameter that begins with this text or stands right behind it, such as `blk_` or `request_id=`.
    case parameter(prefix: String)

    /// The id of a line's session, without the text that it is known by; nil when the line has none.
    ///
    /// - Parameters:
    ///   - parameters: where in `line` they are, as `TemplateMiner.add(_:at:parameters:)` tells.
    ///   - line: the message.
    ///   - attributes: those of the record.
    public func id(parameters: [Range<Int>], of line: Span<UInt8>, attributes: Labels = Labels()) -> String? {
        switch self {
        case .attribute(let name): return attributes[name].flatMap { $0.isEmpty ? nil : $0 }
        case .parameter(let prefix):
            let wanted = Array(prefix.utf8)
            for range in parameters {
                if range.count > wanted.count, Self.has(wanted, line, at: range.lowerBound) {
                    return Self.text(line, range.lowerBound + wanted.count..<range.upperBound)
                }
                let start = range.lowerBound - wanted.count
                if start >= 0, !range.isEmpty, Self.has(wanted, line, at: start) { return Self.text(line, range) }
            }
            return nil
        }
    }

    /// The first word of a parameter, which may have several.
    private static func text(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.prefix { line[$0] > UInt8(ascii: " ") }.map { line[$0] }, as: UTF8.self)
    }

    private static func has(_ wanted: [UInt8], _ line: Span<UInt8>, at start: Int) -> Bool {
        start + wanted.count <= line.count && wanted.indices.allSatisfy { line[start + $0] == wanted[$0] }
    }
}
