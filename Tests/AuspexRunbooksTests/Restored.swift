import Foundation

/// The value after a way through JSON, as the journal keeps it.
func restored<Value: Codable>(_ value: Value) throws -> Value {
    try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
}
