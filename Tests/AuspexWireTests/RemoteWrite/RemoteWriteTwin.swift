import Foundation
import SwiftProtobuf

/// `prometheus.WriteRequest` through SwiftProtobuf: the naive twin that reader and writer are held against.
///
/// The conformances are what the compiler plug-in would generate, kept by hand so that no schema file is needed.
struct TwinWriteRequest: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "prometheus.WriteRequest"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    static let _protobuf_nameMap = SwiftProtobuf._NameMap()

    var timeseries: [TwinTimeSeries] = []
    var unknownFields = SwiftProtobuf.UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            if field == 1 { try decoder.decodeRepeatedMessageField(value: &timeseries) }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if !timeseries.isEmpty { try visitor.visitRepeatedMessageField(value: timeseries, fieldNumber: 1) }
        try unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.timeseries == right.timeseries && left.unknownFields == right.unknownFields
    }
}

struct TwinTimeSeries: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "prometheus.TimeSeries"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    static let _protobuf_nameMap = SwiftProtobuf._NameMap()

    var labels: [TwinLabel] = []
    var samples: [TwinSample] = []
    var unknownFields = SwiftProtobuf.UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeRepeatedMessageField(value: &labels)
            case 2: try decoder.decodeRepeatedMessageField(value: &samples)
            default: break
            }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if !labels.isEmpty { try visitor.visitRepeatedMessageField(value: labels, fieldNumber: 1) }
        if !samples.isEmpty { try visitor.visitRepeatedMessageField(value: samples, fieldNumber: 2) }
        try unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.labels == right.labels && left.samples == right.samples && left.unknownFields == right.unknownFields
    }
}

struct TwinLabel: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "prometheus.Label"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    static let _protobuf_nameMap = SwiftProtobuf._NameMap()

    var name = ""
    var value = ""
    var unknownFields = SwiftProtobuf.UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularStringField(value: &name)
            case 2: try decoder.decodeSingularStringField(value: &value)
            default: break
            }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 1) }
        if !value.isEmpty { try visitor.visitSingularStringField(value: value, fieldNumber: 2) }
        try unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.value == right.value && left.unknownFields == right.unknownFields
    }
}

struct TwinSample: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "prometheus.Sample"
    // swift-format-ignore: AlwaysUseLowerCamelCase
    static let _protobuf_nameMap = SwiftProtobuf._NameMap()

    var value = 0.0
    var timestamp: Int64 = 0
    var unknownFields = SwiftProtobuf.UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let field = try decoder.nextFieldNumber() {
            switch field {
            case 1: try decoder.decodeSingularDoubleField(value: &value)
            case 2: try decoder.decodeSingularInt64Field(value: &timestamp)
            default: break
            }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if value.bitPattern != 0 { try visitor.visitSingularDoubleField(value: value, fieldNumber: 1) }
        if timestamp != 0 { try visitor.visitSingularInt64Field(value: timestamp, fieldNumber: 2) }
        try unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.value.bitPattern == right.value.bitPattern && left.timestamp == right.timestamp
            && left.unknownFields == right.unknownFields
    }
}
