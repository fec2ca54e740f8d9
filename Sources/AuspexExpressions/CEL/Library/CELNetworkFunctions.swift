/// Addresses and networks, as the reference implementations' extension has them. Texts are read strictly and no name is
/// ever resolved.
enum CELNetworkFunctions {
    static let functions: [CELFunction] = [
        .one("ip", .global, .type(.address)) { value throws(CELError) -> CELValue in
            .address(try CELAddress(try text(value, "ip")))
        },
        .one("cidr", .global, .type(.network)) { value throws(CELError) -> CELValue in
            .network(try CELNetwork(try text(value, "cidr")))
        },
        .one("isIP", .global, .bool) { value throws(CELError) -> CELValue in
            let text = try text(value, "isIP")
            return .bool((try? CELAddress(text)) != nil)
        },
        .one("isCIDR", .global, .bool) { value throws(CELError) -> CELValue in
            let text = try text(value, "isCIDR")
            return .bool((try? CELNetwork(text)) != nil)
        },
        .one("ip.isCanonical", .global, .bool) { value throws(CELError) -> CELValue in
            let text = try text(value, "ip.isCanonical")
            return .bool(try CELAddress(text).description == text)
        },
        ofAddress("family", .int) { .int($0.family.rawValue) },
        ofAddress("isUnspecified", .bool) { .bool($0.isUnspecified) },
        ofAddress("isLoopback", .bool) { .bool($0.isLoopback) },
        ofAddress("isGlobalUnicast", .bool) { .bool($0.isGlobalUnicast) },
        ofAddress("isLinkLocalMulticast", .bool) { .bool($0.isLinkLocalMulticast) },
        ofAddress("isLinkLocalUnicast", .bool) { .bool($0.isLinkLocalUnicast) },
        ofNetwork("ip", .type(.address)) { .address($0.address) },
        ofNetwork("masked", .type(.network)) { .network($0.masked) },
        ofNetwork("prefixLength", .int) { .int(Int64($0.prefixLength)) },
        .two("containsIP", .member, .bool) { network, other throws(CELError) -> CELValue in
            switch (network, other) {
            case (.network(let network), .address(let address)): .bool(network.contains(address))
            case (.network(let network), .string(let text)): .bool(network.contains(try CELAddress(text)))
            default: throw .noOverload("containsIP", network, other)
            }
        },
        .two("containsCIDR", .member, .bool) { network, other throws(CELError) -> CELValue in
            switch (network, other) {
            case (.network(let network), .network(let other)): .bool(network.contains(other))
            case (.network(let network), .string(let text)): .bool(network.contains(try CELNetwork(text)))
            default: throw .noOverload("containsCIDR", network, other)
            }
        },
    ]

    private static func text(_ value: CELValue, _ name: String) throws(CELError) -> String {
        guard case .string(let text) = value else { throw .noOverload(name, value) }
        return text
    }

    private static func ofAddress(
        _ name: String, _ result: CELShape, _ body: @escaping @Sendable (CELAddress) -> CELValue
    ) -> CELFunction {
        .one(name, .member, result) { value throws(CELError) -> CELValue in
            guard case .address(let address) = value else { throw .noOverload(name, value) }
            return body(address)
        }
    }

    private static func ofNetwork(
        _ name: String, _ result: CELShape, _ body: @escaping @Sendable (CELNetwork) -> CELValue
    ) -> CELFunction {
        .one(name, .member, result) { value throws(CELError) -> CELValue in
            guard case .network(let network) = value else { throw .noOverload(name, value) }
            return body(network)
        }
    }
}
