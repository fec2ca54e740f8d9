import AuspexSignals

/// An event in the words of CDEvents 0.6.0-draft, in the envelope of CloudEvents 1.0.
struct CDEvent: Hashable {
    /// The version of the vocabulary.
    static let version = "0.6.0-draft"
    /// Who says it, where the server has no address of its own.
    static let anonymousSource = "/auspex"
    /// The source of changes that such events have told of.
    static let changeSource = "cdevents"

    /// The type without `dev.cdevents.`, with its version.
    var type: String
    /// Unique among those of the source.
    var id: String
    /// Who says it.
    var source: String
    /// When what it says came to be.
    var time: Timestamp
    /// What it is about.
    var subject: String
    /// What it says.
    var content: [String: JSONValue]
    /// What links the events of one deployment; nil for nothing.
    var chain: String?
    /// What the vocabulary has no words for.
    var extra: JSONValue?

    /// The event in CloudEvents' structured mode.
    var cloudEvent: JSONValue {
        var context: [String: JSONValue] = [
            "specversion": .string(Self.version), "id": .string(id), "source": .string(source),
            "type": .string("dev.cdevents.\(type)"), "timestamp": .string(time.iso8601),
        ]
        if let chain { context["chainId"] = .string(chain) }
        var data: [String: JSONValue] = [
            "context": .object(context),
            "subject": .object(["id": .string(subject), "source": .string(source), "content": .object(content)]),
        ]
        if let extra {
            data["customData"] = extra
            data["customDataContentType"] = .string("application/json")
        }
        return .object([
            "specversion": .string("1.0"), "id": .string(id), "source": .string(source),
            "type": .string("dev.cdevents.\(type)"), "subject": .string(subject), "time": .string(time.iso8601),
            "datacontenttype": .string("application/json"), "data": .object(data),
        ])
    }
}
