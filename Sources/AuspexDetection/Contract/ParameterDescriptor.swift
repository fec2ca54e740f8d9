/// One parameter of a detector: its type, its range and what it means. Texts are read and checked by it alone.
public struct ParameterDescriptor: Sendable, Hashable, Codable {
    /// What a value of the parameter is.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// A whole number.
        case integer
        /// Any finite number.
        case number
        /// One of a few words.
        case choice
        /// Any text without a comma, which the detector reads itself.
        case text
    }

    /// The word by which a user leaves a value to the detector.
    public static let automaticWord = "auto"

    /// The parameter's name.
    public let name: String
    /// What its values are.
    public let type: Kind
    /// The value when nothing is said, as a user would write it.
    public let defaultValue: String
    /// The allowed values in words, such as `a whole number from 1 to 1000, or auto`.
    public let range: String
    /// What it does, in one sentence, with its unit.
    public let meaning: String

    /// The smallest number allowed; nil when there is no such limit or values are words.
    public let minimum: Double?
    /// The largest number allowed; nil when there is no such limit or values are words.
    public let maximum: Double?
    /// The words allowed, for a choice.
    public let choices: [String]
    /// Whether ``automaticWord`` is a value.
    public let isAutomatic: Bool

    /// A whole number within `range`. A nil default is ``automaticWord``, which then is an allowed value.
    public static func integer(
        _ name: String, default value: Int?, in range: ClosedRange<Int>, meaning: String
    ) -> ParameterDescriptor {
        ParameterDescriptor(
            name: name, type: .integer, defaultValue: value.map(String.init) ?? automaticWord,
            range: "a whole number from \(range.lowerBound) to \(range.upperBound)"
                + (value == nil ? ", or \(automaticWord)" : ""),
            meaning: meaning, minimum: Double(range.lowerBound), maximum: Double(range.upperBound), choices: [],
            isAutomatic: value == nil)
    }

    /// A number within `range`.
    public static func number(
        _ name: String, default value: Double, in range: ClosedRange<Double>, meaning: String
    ) -> ParameterDescriptor {
        ParameterDescriptor(
            name: name, type: .number, defaultValue: "\(value)",
            range: "a number from \(range.lowerBound) to \(range.upperBound)", meaning: meaning,
            minimum: range.lowerBound, maximum: range.upperBound, choices: [], isAutomatic: false)
    }

    /// One of `choices`.
    public static func choice(
        _ name: String, default value: String, of choices: [String], meaning: String
    ) -> ParameterDescriptor {
        ParameterDescriptor(
            name: name, type: .choice, defaultValue: value, range: "one of \(choices.joined(separator: ", "))",
            meaning: meaning, minimum: nil, maximum: nil, choices: choices, isAutomatic: false)
    }

    /// A text that the detector reads itself; `form` says in words what it looks like.
    public static func text(
        _ name: String, default value: String, form: String, meaning: String
    ) -> ParameterDescriptor {
        ParameterDescriptor(
            name: name, type: .text, defaultValue: value, range: form, meaning: meaning, minimum: nil, maximum: nil,
            choices: [], isAutomatic: false)
    }

    /// Reads a value; nil when it is none or lies outside the range.
    func parse(_ text: String) -> ParameterValues.Value? {
        if isAutomatic, text == Self.automaticWord { return .automatic }
        switch type {
        case .integer:
            guard let number = Int(text), contains(Double(number)) else { return nil }
            return .integer(number)
        case .number:
            guard let number = Double(text), number.isFinite, contains(number) else { return nil }
            return .number(number)
        case .choice:
            return choices.contains(text) ? .word(text) : nil
        case .text:
            return .text(text)
        }
    }

    private func contains(_ number: Double) -> Bool {
        if let minimum, number < minimum { return false }
        if let maximum, number > maximum { return false }
        return true
    }
}
