import AuspexSignals
import Foundation

@testable import AuspexExpressions

/// One test of the language's conformance suite.
struct CELConformanceTest {
    let name: String
    let expression: String
    let container: String
    let isChecked: Bool
    let isCheckOnly: Bool
    let needsMessages: Bool
    let variables: [String: CELShape]
    let bindings: [String: CELValue]
    /// The value; nil if an error is expected.
    var expected: CELValue?

    /// Reads a test. nil if its values can't be read, which only happens for messages.
    init?(_ json: JSONValue, section: String) {
        name = "\(section)/\(json["name"]?.string ?? "")"
        expression = json["expr"]?.string ?? ""
        container = json["container"]?.string ?? ""
        isChecked = !(json["disable_check"]?.bool ?? false)
        isCheckOnly = json["check_only"]?.bool ?? false
        needsMessages = json["x_needs_proto"]?.bool ?? false
        var bindings: [String: CELValue] = [:]
        for (name, binding) in json["bindings"]?.object ?? [:] {
            guard let value = binding["value"].flatMap(Self.value) else { return nil }
            bindings[name] = value
        }
        self.bindings = bindings
        let declared = (json["type_env"]?.array ?? []).compactMap { $0["ident"] == nil ? nil : $0["name"]?.string }
        variables = Dictionary(uniqueKeysWithValues: Set(declared + bindings.keys).map { ($0, CELShape.any) })
        if json["eval_error"] != nil {
            expected = nil
        } else if let result = json["value"] ?? json["typed_result"]?["result"] {
            guard let value = Self.value(result) else { return nil }
            expected = value
        } else {
            expected = .bool(true)
        }
    }

    /// What is wrong with our outcome; nil if it is right.
    func failure() -> String? {
        let environment = CELEnvironment(variables: variables, container: container, isChecked: isChecked)
        do {
            let program = try CELProgram(compiling: expression, environment: environment)
            let value = try program.evaluate(variables: bindings)
            guard let expected else { return "\(name): \(expression) gives \(value), but should fail" }
            return Self.areSame(value, expected) ? nil : "\(name): \(expression) gives \(value), not \(expected)"
        } catch {
            return expected == nil ? nil : "\(name): \(expression) fails: \(error)"
        }
    }

    /// Same type, same value; NaN is itself here. The sign of zero is not compared: JSON readers drop it.
    static func areSame(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)):
            (left.isNaN && right.isNaN) || left == right
        case (.string(let left), .string(let right)): left.hasSameScalars(as: right)
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { areSame($0, $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.entries.allSatisfy { entry in
                    right.entries.contains { areSame($0.key, entry.key) && areSame($0.value, entry.value) }
                }
        default: left == right
        }
    }

    /// A value in the suite's JSON form.
    static func value(_ json: JSONValue) -> CELValue? {
        guard let (kind, content) = json.object?.first, json.object?.count == 1 else { return nil }
        switch kind {
        case "null_value": return .null
        case "bool_value": return content.bool.map(CELValue.bool)
        case "int64_value": return content.string.flatMap { Int64($0) }.map(CELValue.int)
        case "uint64_value": return content.string.flatMap { UInt64($0) }.map(CELValue.uint)
        case "double_value": return (content.double ?? content.string.flatMap { Double($0) }).map(CELValue.double)
        case "string_value": return content.string.map(CELValue.string)
        case "bytes_value": return content.string.flatMap { Data(base64Encoded: $0) }.map { .bytes(Array($0)) }
        case "type_value": return content.string.map { .type(CELType(name: $0)) }
        case "list_value":
            let elements = (content["values"]?.array ?? []).map(value)
            return elements.contains { $0 == nil } ? nil : .list(CELList(elements.compactMap { $0 }))
        case "map_value":
            var map = CELMap()
            for entry in content["entries"]?.array ?? [] {
                guard let key = entry["key"].flatMap(value), let value = entry["value"].flatMap(value),
                    map.insert(value, at: key)
                else { return nil }
            }
            return .map(map)
        case "object_value":
            guard let text = content["value"]?.string else { return nil }
            switch content["@type"]?.string {
            case "type.googleapis.com/google.protobuf.Timestamp": return CELTimestamp(text).map(CELValue.timestamp)
            case "type.googleapis.com/google.protobuf.Duration": return CELDuration(text).map(CELValue.duration)
            default: return nil
            }
        default: return nil
        }
    }
}
