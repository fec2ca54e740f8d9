import AuspexSignals
import Foundation

/// What is told to whom, besides whoever asked.
package struct AnswerSettings: Hashable, Sendable {
    /// Whether each commit at GitHub that is asked about gets a commit status.
    package var statuses = false
    /// Whether there is a sink of CDEvents.
    package var cdEvents = false
    /// Whether there is a webhook for verdicts.
    package var webhook = false
    /// Under which address others reach this server, without a slash at its end; nil when they don't.
    package var publicURL: String?

    /// Tells nobody but whoever asked.
    package init() {}

    /// What our own CDEvents name as their source.
    package var eventSources: Set<String> { [publicURL ?? CDEvent.anonymousSource, CDEvent.anonymousSource] }

    /// Where others can read the verdict; nil when they can't.
    func page(ofVerdict id: String) -> String? { publicURL.map { "\($0)/api/v1/gate/\(Self.pathPart(id))" } }

    /// A text as one part of a URL's path.
    package static func pathPart(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// RFC 3986, section 2.3.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
