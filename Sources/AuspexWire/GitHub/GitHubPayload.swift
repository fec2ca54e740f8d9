import AuspexSignals
import Foundation

/// The parts of GitHub's payloads that several events share, and only the members that we read.
struct GitHubRepository: Decodable {
    let name: String
    let fullName: String
    let defaultBranch: String?
    /// Seconds since 1970 in `push` events, a text elsewhere; nil when it is not a number.
    let pushedAt: Int64?

    private enum CodingKeys: String, CodingKey {
        case name
        case fullName = "full_name"
        case defaultBranch = "default_branch"
        case pushedAt = "pushed_at"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.nonEmpty(.name)
        fullName = try container.nonEmpty(.fullName)
        defaultBranch = try container.decodeIfPresent(String.self, forKey: .defaultBranch)
        pushedAt = try? container.decodeIfPresent(Int64.self, forKey: .pushedAt)
    }
}

/// Somebody at GitHub.
struct GitHubUser: Decodable {
    let login: String
}

/// Any event, of which only the origin is of interest.
struct GitHubAnyEvent: Decodable {
    let repository: GitHubRepository?
}

/// A moment written as ISO 8601.
struct GitHubTime: Decodable {
    let timestamp: Timestamp

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let timestamp = Timestamp(iso8601: text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected a time such as 2026-03-01T12:00:00Z")
        }
        self.timestamp = timestamp
    }
}

extension KeyedDecodingContainer {
    /// A text that identifies something and therefore must not be empty, nor longer than any identifier is.
    func nonEmpty(_ key: Key) throws -> String {
        let longest = 512
        let text = try decode(String.self, forKey: key)
        guard !text.isEmpty, text.utf8.count <= longest else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "expected 1 to \(longest) bytes of text")
        }
        return text
    }
}

extension String {
    /// The first line, at most 200 characters of it: what a list can show of a commit message or a description.
    var headline: String {
        let longest = 200
        return String(prefix { !$0.isNewline }.prefix(longest))
    }
}
