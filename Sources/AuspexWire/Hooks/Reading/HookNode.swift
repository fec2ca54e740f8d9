import AuspexSignals

/// A value in a body with its path, for errors that say where.
///
/// What is needed and missing, or something else, throws; what only describes is read as far as it goes. Numbers may come
/// as text and text as numbers: senders are not of one mind.
struct HookNode {
    let value: JSONValue
    let path: String

    /// The whole body.
    init(_ value: JSONValue, path: String = "$") {
        self.value = value
        self.path = path
    }

    /// The member `name`; nil when missing or null.
    subscript(name: String) -> HookNode? {
        guard let member = value[name], member != .null else { return nil }
        return HookNode(member, path: "\(path).\(name)")
    }

    /// The elements; empty for anything but an array.
    var elements: [HookNode] {
        (value.array ?? []).enumerated().map { HookNode($0.element, path: "\(path)[\($0.offset)]") }
    }

    /// The error that this value is not right.
    func wrong(_ reason: String) -> HookError { .malformed(path: path, reason: reason) }

    /// The member `name`, an object.
    func object(_ name: String) throws(HookError) -> HookNode {
        let node = try needed(name, "an object")
        guard node.value.object != nil else { throw node.wrong("must be an object") }
        return node
    }

    /// A member that must be there.
    func needed(_ name: String, _ form: String) throws(HookError) -> HookNode {
        guard let node = self[name] else {
            throw .malformed(path: "\(path).\(name)", reason: "missing; it must be \(form)")
        }
        return node
    }

    /// A member that identifies something: text of 1 to 512 bytes without control characters, or a whole number.
    func identifier(_ name: String) throws(HookError) -> String {
        let form = "text of 1 to \(HookLimits.identifierBytes) bytes, without control characters"
        let node = try needed(name, form)
        guard let text = node.plainText, !text.isEmpty, text.utf8.count <= HookLimits.identifierBytes,
            text == text.withoutControls
        else {
            throw node.wrong("must be \(form)")
        }
        return text
    }

    /// A member that may identify something; empty when missing, cut to 512 bytes.
    func label(_ name: String) -> String {
        self[name]?.plainText?.cut(to: HookLimits.identifierBytes).withoutControls ?? ""
    }

    /// A member that describes something: its first line, at most 200 characters of it; empty when missing.
    func headline(_ name: String) -> String { self[name]?.plainText?.headline ?? "" }

    /// A whole number, written as one or as text.
    func number(_ name: String) throws(HookError) -> Int64 {
        let node = try needed(name, "a whole number")
        guard let number = node.wholeNumber else { throw node.wrong("must be a whole number") }
        return number
    }

    /// The whole number that this is; nil when it is none.
    var wholeNumber: Int64? { value.int ?? value.string.flatMap { Int64($0) } }

    /// Text as it is, whole numbers and truth values as text; nil for anything else.
    var plainText: String? {
        switch value {
        case .string(let text): text
        case .int(let number): String(number)
        case .bool(let flag): String(flag)
        default: nil
        }
    }
}

extension String {
    /// The first line, at most 200 characters of it: what a list can show of a commit message or a description.
    var headline: String { String(prefix { !$0.isNewline }.prefix(HookLimits.titleCharacters)).withoutControls }

    /// The text without control characters, which could steer the terminal that shows it.
    var withoutControls: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }

    /// The text, or nil when it is empty.
    var nonEmpty: String? { isEmpty ? nil : self }
}
