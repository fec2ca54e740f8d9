/// The message types that every implementation knows: each stands for a plain value. Others don't exist here, because events
/// are JSON.
struct CELMessageType: Sendable {
    let name: String
    let fields: Set<String>
    /// The plain value of a message with the given fields.
    let make: @Sendable ([String: CELValue]) throws(CELError) -> CELValue

    static let named: [String: CELMessageType] = Dictionary(
        uniqueKeysWithValues: all.map { ("google.protobuf.\($0.name)", $0) })

    private static let all: [CELMessageType] = [
        wrapper("BoolValue", .bool(false)), wrapper("BytesValue", .bytes([])), wrapper("StringValue", .string("")),
        wrapper("DoubleValue", .double(0)), wrapper("Int64Value", .int(0)), wrapper("UInt64Value", .uint(0)),
        wrapper("Int32Value", .int(0)) { value in
            if case .int(let number) = value, Int32(exactly: number) == nil { nil } else { value }
        },
        wrapper("UInt32Value", .uint(0)) { value in
            if case .uint(let number) = value, UInt32(exactly: number) == nil { nil } else { value }
        },
        wrapper("FloatValue", .double(0)) { value in
            if case .double(let number) = value { .double(Double(Float(number))) } else { value }
        },
        CELMessageType(name: "ListValue", fields: ["values"]) { fields throws(CELError) -> CELValue in
            try typed(fields["values"] ?? .list([]), .list, "ListValue")
        },
        CELMessageType(name: "Struct", fields: ["fields"]) { fields throws(CELError) -> CELValue in
            try typed(fields["fields"] ?? .map(CELMap()), .map, "Struct")
        },
        CELMessageType(
            name: "Value",
            fields: ["null_value", "number_value", "string_value", "bool_value", "struct_value", "list_value"]
        ) { fields throws(CELError) -> CELValue in
            guard fields.count <= 1 else {
                throw CELError(.invalidArgument, "google.protobuf.Value has one of its fields only")
            }
            return fields["null_value"] == nil ? fields.values.first ?? .null : .null
        },
        CELMessageType(name: "Timestamp", fields: ["seconds", "nanos"]) { fields throws(CELError) -> CELValue in
            let (seconds, nanoseconds) = try time(fields, "Timestamp")
            guard let moment = CELTimestamp(seconds: seconds, nanoseconds: nanoseconds) else {
                throw CELError(.overflow, "the moment lies outside the years 1 to 9999")
            }
            return .timestamp(moment)
        },
        CELMessageType(name: "Duration", fields: ["seconds", "nanos"]) { fields throws(CELError) -> CELValue in
            let (seconds, nanoseconds) = try time(fields, "Duration")
            let (whole, overflow) = seconds.multipliedReportingOverflow(by: CELTimestamp.nanosecondsPerSecond)
            let (sum, carry) = whole.addingReportingOverflow(nanoseconds)
            guard !overflow, !carry else { throw CELError(.overflow, "a duration holds at most 292 years") }
            return .duration(CELDuration(nanoseconds: sum))
        },
        CELMessageType(name: "Any", fields: ["type_url", "value"]) { _ throws(CELError) -> CELValue in
            throw CELError(.invalidArgument, "google.protobuf.Any can't be converted: there are no message types here")
        },
    ]

    /// A message that stands for the value of its only field. `convert` gives nil for a value that doesn't fit.
    private static func wrapper(
        _ name: String, _ zero: CELValue, _ convert: @escaping @Sendable (CELValue) -> CELValue? = { $0 }
    ) -> CELMessageType {
        CELMessageType(name: name, fields: ["value"]) { fields throws(CELError) -> CELValue in
            let value = try typed(fields["value"] ?? zero, zero.type, name)
            guard let result = convert(value) else {
                throw CELError(.overflow, "the value exceeds the range of google.protobuf.\(name)")
            }
            return result
        }
    }

    private static func typed(_ value: CELValue, _ type: CELType, _ name: String) throws(CELError) -> CELValue {
        guard value.type == type else {
            throw CELError(
                .noSuchOverload, "google.protobuf.\(name) holds \(type.withArticle), not \(value.type.withArticle)")
        }
        return value
    }

    private static func time(
        _ fields: [String: CELValue], _ name: String
    ) throws(CELError) -> (seconds: Int64, nanoseconds: Int64) {
        var parts: [Int64] = []
        for field in ["seconds", "nanos"] {
            guard case .int(let number) = fields[field] ?? .int(0) else {
                throw CELError(.noSuchOverload, "the fields of google.protobuf.\(name) are ints")
            }
            parts.append(number)
        }
        return (parts[0], parts[1])
    }
}
