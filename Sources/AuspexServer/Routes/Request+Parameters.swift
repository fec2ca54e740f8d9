import AuspexSignals
import Foundation
import HTTPTypes
import Hummingbird

extension Request {
    /// The most that a listing gives at a time.
    static var listingLimit: Int { 10_000 }
    /// The most that a JSON body may have, in bytes.
    static var jsonLimit: Int { 1 << 20 }

    /// The text of a query parameter; nil when missing.
    func text(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map(String.init)
    }

    /// How many entries a listing shall have.
    func limit(default standard: Int, most: Int = Self.listingLimit) throws -> Int {
        guard let text = text("limit") else { return standard }
        guard let number = Int(text), (1...most).contains(number) else {
            throw Problem(.badRequest, "Invalid parameter", "limit=\(text) must be a whole number from 1 to \(most)")
        }
        return number
    }

    /// A moment in a query parameter, in ISO 8601 or as milliseconds since 1970; nil when missing.
    func moment(_ name: String) throws -> Timestamp? {
        guard let text = text(name) else { return nil }
        if let milliseconds = Int64(text) { return Timestamp(milliseconds: milliseconds) }
        if let moment = Timestamp(iso8601: text) { return moment }
        throw Problem(
            .badRequest, "Invalid parameter", "\(name)=\(text) must be a moment such as 2026-03-01T12:00:00Z")
    }

    /// A moment in a body: as milliseconds since 1970, or in ISO 8601.
    struct Moment: Decodable {
        let time: Timestamp

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let milliseconds = try? container.decode(Int64.self) {
                time = Timestamp(milliseconds: milliseconds)
                return
            }
            guard let time = Timestamp(iso8601: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "must be a moment such as 2026-03-01T12:00:00Z, or milliseconds")
            }
            self.time = time
        }
    }

    /// One of the values of an enumeration in a query parameter; nil when missing.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, of type: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        try text(name).map { try Self.choice($0, name) }
    }

    /// Values of an enumeration in a query parameter, with commas between them; nil when missing.
    func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
        _ name: String, of type: Choice.Type
    ) throws -> Set<Choice>? where Choice.RawValue == String {
        try text(name).map { text in
            Set(try text.split(separator: ",").map { try Self.choice(String($0), name) })
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ name: String
    ) throws -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw Problem(.badRequest, "Invalid parameter", "\(name)=\(text) must be one of \(known)")
    }

    /// The JSON body as a value.
    ///
    /// A body that is not announced as JSON is refused: a form of a foreign page cannot announce it.
    func json<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        try requireJSON()
        let buffer = try await body(upTo: Self.jsonLimit)
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            throw Problem(.badRequest, "Invalid body", Self.text(of: error))
        }
    }

    /// Refuses a body that is not announced as JSON.
    func requireJSON() throws(Problem) {
        let media = headers[.contentType]?.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
        guard media == "application/json" else {
            throw Problem(.unsupportedMediaType, "JSON needed", "send the body with Content-Type: application/json")
        }
    }

    private static func text(of error: any Error) -> String {
        func place(_ keys: [any CodingKey]) -> String {
            let path = keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "the body" : path
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case DecodingError.valueNotFound(_, let context): return "\(place(context.codingPath)) must not be null"
        case DecodingError.typeMismatch(let type, let context):
            return "\(place(context.codingPath)) must be a \(type)"
        case DecodingError.dataCorrupted(let context):
            return "\(place(context.codingPath)): \(context.debugDescription)"
        default: return "not JSON"
        }
    }
}
