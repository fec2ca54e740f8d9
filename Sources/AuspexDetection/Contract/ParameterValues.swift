import AuspexSignals

/// A detector's parameters as a user gave them, read and checked against its descriptor.
///
/// ```swift
/// let values = try ParameterValues(specification: "knn:k=5,window=100", descriptor: NearestNeighbours.descriptor)
/// try values.integer("k")  // 5
/// ```
public struct ParameterValues: Sendable, Hashable, CustomStringConvertible {
    enum Value: Sendable, Hashable {
        case integer(Int)
        case number(Double)
        case word(String)
        case text(String)
        case automatic
    }

    /// The detector that they belong to.
    public let detector: String
    /// The specification with blanks removed and keys in the order of the descriptor; what was not said is not in it.
    public let description: String

    private let values: [String: Value]

    /// Reads `name` or `name:key=value,key=value`. Blanks around names and values are ignored.
    ///
    /// - Throws: ``DetectorError`` when the text is malformed, names another detector, holds an unknown or doubled key,
    ///   or a value that its parameter does not allow.
    public init(specification: String, descriptor: DetectorDescriptor) throws(DetectorError) {
        let given = try DetectorSpecification(specification)
        guard given.name == descriptor.name else {
            throw .unknownDetector(name: given.name, nearest: nil, known: [descriptor.name])
        }
        try self.init(given, descriptor: descriptor)
    }

    init(_ given: DetectorSpecification, descriptor: DetectorDescriptor) throws(DetectorError) {
        let known = descriptor.parameters.map(\.name)
        for parameter in given.parameters where !known.contains(parameter.key) {
            throw .unknownParameter(
                detector: descriptor.name, name: parameter.key,
                nearest: nearestName(to: parameter.key, among: known), known: known)
        }
        var values: [String: Value] = [:]
        var said: [String] = []
        for parameter in descriptor.parameters {
            let explicit = given.parameters.first { $0.key == parameter.name }?.value
            let text = explicit ?? parameter.defaultValue
            guard let value = parameter.parse(text) else {
                throw .invalidParameter(
                    detector: descriptor.name, name: parameter.name, value: text, allowed: parameter.range)
            }
            values[parameter.name] = value
            if explicit != nil { said.append("\(parameter.name)=\(text)") }
        }
        self.detector = descriptor.name
        self.values = values
        self.description = descriptor.name + (said.isEmpty ? "" : ":" + said.joined(separator: ","))
    }

    /// The whole number `name`.
    ///
    /// - Throws: ``DetectorError/undeclaredParameter(detector:name:)``, also when its value is left to the detector.
    public func integer(_ name: String) throws(DetectorError) -> Int {
        guard case .integer(let value) = values[name] else { throw undeclared(name) }
        return value
    }

    /// The whole number `name`, nil when it is left to the detector (`auto`).
    public func optionalInteger(_ name: String) throws(DetectorError) -> Int? {
        switch values[name] {
        case .integer(let value): return value
        case .automatic: return nil
        default: throw undeclared(name)
        }
    }

    /// The number `name`.
    public func number(_ name: String) throws(DetectorError) -> Double {
        guard case .number(let value) = values[name] else { throw undeclared(name) }
        return value
    }

    /// The word `name`, one of its parameter's choices.
    public func choice(_ name: String) throws(DetectorError) -> String {
        guard case .word(let value) = values[name] else { throw undeclared(name) }
        return value
    }

    /// The text `name`, as the user wrote it.
    public func text(_ name: String) throws(DetectorError) -> String {
        guard case .text(let value) = values[name] else { throw undeclared(name) }
        return value
    }

    private func undeclared(_ name: String) -> DetectorError {
        .undeclaredParameter(detector: detector, name: name)
    }
}
