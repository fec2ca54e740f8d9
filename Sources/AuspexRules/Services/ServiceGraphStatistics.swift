/// What a graph of services could not take in.
package struct ServiceGraphStatistics: Hashable, Sendable, Codable {
    /// Times that a service was left out because there are too many.
    package internal(set) var refusedServices: Int = 0
    /// Times that an edge was left out because there are too many, or because one of its services was.
    package internal(set) var refusedEdges: Int = 0
    /// Names that were left out because they are too long, or have no letter and so are addresses.
    package internal(set) var refusedNames: Int = 0
    /// Learned edges that were forgotten because nothing showed them any more.
    package internal(set) var expiredEdges: Int = 0
    /// Learned services that were forgotten because nothing showed them any more.
    package internal(set) var expiredServices: Int = 0
}
