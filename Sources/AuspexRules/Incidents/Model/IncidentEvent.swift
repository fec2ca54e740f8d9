package import AuspexSignals

/// Something that incidents depend on.
package enum IncidentEvent: Hashable, Sendable {
    /// An alert has begun to stand like this. One that is pending, or ended without having fired, means nothing here.
    case alert(Alert)
    /// A change was reported.
    case change(Change)
    /// A person has done something.
    case act(IncidentAct)
}

/// What has become of incidents.
package enum IncidentUpdate: Hashable, Sendable {
    /// The incident is new or has changed, and stands like this now.
    case changed(Incident)
    /// The incident is none any more: it has become part of another, which goes by its identifier as well.
    case absorbed(id: String, into: String)
}
