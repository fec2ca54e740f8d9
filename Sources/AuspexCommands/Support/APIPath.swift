import Foundation

/// A path of the API with parameters, in which every text stands as it must in an address.
struct APIPath {
    private var path: String
    private var parameters: [String] = []

    /// A path that needs no escaping.
    init(_ path: String) {
        self.path = path
    }

    /// The path with another part after it.
    func below(_ part: String) -> APIPath {
        var copy = self
        copy.path += "/" + Self.escaped(part)
        return copy
    }

    /// The path with a parameter; without it when there is no value.
    func with(_ name: String, _ value: String?) -> APIPath {
        guard let value else { return self }
        var copy = self
        copy.parameters.append(name + "=" + Self.escaped(value))
        return copy
    }

    /// The whole of it.
    var text: String { parameters.isEmpty ? path : path + "?" + parameters.joined(separator: "&") }

    private static let plain = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
