# encoding: utf-8
# Gives a Redmine (5.0 or later) what sup-sync needs and its REST interface can't make:
#
#   cd …/redmine && RAILS_ENV=production bin/rails runner FILE
#
# Made by `sup-sync provision --script` from mappings/tracker.yaml. Running it again changes nothing. What is there
# already is kept, and where it stands in the way this says so and changes nothing at all. Then, for the tool to work:
#
#   make the account sup-sync a member of each project of config.yaml, with the role sup-sync
#   … bin/rails runner 'puts User.find_by_login("sup-sync").api_key'   tells the key for its key_file

require "json"

wanted = JSON.parse(<<'WANTED')
@WANTED@
WANTED

class SupSyncProvision
  def initialize(wanted)
    @wanted = wanted
    @lines = []
    @obstacles = []
    @made = []
  end

  # Whether all is there now; without that nothing was changed.
  def run
    ActiveRecord::Base.transaction(requires_new: true) do
      provide
      raise ActiveRecord::Rollback if @obstacles.any?
    end
    report
    @obstacles.empty?
  end

  private

  def provide
    @statuses = @wanted["statuses"].to_h { |want| [want["name"], status(want)] }
    @trackers = @wanted["trackers"].map { |name| tracker(name) }.compact
    priorities
    @roles = @wanted["roles"].to_h { |want| [want["name"], role(want)] }
    @fields = @wanted["fields"].to_h { |want| [want["name"], field(want)] }
    workflows if @obstacles.empty?
    @wanted["groups"].each { |name| group(name) }
    account(@wanted["account"])
    settings if @obstacles.empty?
  end

  # --- things by name

  def status(want)
    found = IssueStatus.find_by(name: want["name"])
    return make("status", IssueStatus.new(name: want["name"], is_closed: want["is_closed"])) unless found
    return keep("status", found) if found.is_closed? == want["is_closed"]

    obstacle "status «#{found}» is #{found.is_closed? ? 'a closed' : 'an open'} one here, its phase in " \
             "mappings/tracker.yaml says otherwise: change one of the two"
  end

  def tracker(name)
    found = Tracker.find_by(name: name)
    return keep("tracker", found) if found

    make("tracker", Tracker.new(name: name, default_status: @statuses[@wanted["first_status"]]))
  end

  def priorities
    ours = @wanted["priorities"].map { |name| priority(name) }.compact
    positions = ours.map { |each| each.reload.position }
    if positions != positions.sort
      ours.each { |each| each.reload.update!(position: IssuePriority.maximum(:position)) }
      change("priorities", ours.join(", "), "in this order")
    end
    return if ours.empty? || ours.first.reload.is_default?

    ours.first.update!(is_default: true)
    change("priority", ours.first, "the default")
  end

  def priority(name)
    found = IssuePriority.shared.find_by(name: name)
    return make("priority", IssuePriority.new(name: name)) unless found
    return keep("priority", found) if found.active?

    found.update!(active: true)
    change("priority", found, "active")
  end

  # Only the bot's role is ours; the others are made where they are missing, and never changed.
  def role(want)
    found = Role.givable.find_by(name: want["name"])
    return make("role", Role.new(want["attributes"].merge("name" => want["name"]))) unless found

    missing = want["kind"] == "bot" ? want["attributes"]["permissions"].map(&:to_sym) - found.permissions : []
    return keep("role", found) if missing.empty?

    found.add_permission!(*missing)
    change("role", found, "permissions #{missing.join(', ')}")
  end

  def group(name)
    found = Group.givable.find_by(lastname: name)
    found ? keep("group", found) : make("group", Group.new(lastname: name))
  end

  # --- custom fields

  def field(want)
    found = IssueCustomField.find_by(name: want["name"])
    return make("field", IssueCustomField.new(new_field(want))) unless found
    return adapt_field(found, want) if found.field_format == want["format"] && !found.multiple?

    form = "#{found.field_format}#{', several values' if found.multiple?}"
    obstacle "field «#{found.name}» is there with the format «#{form}», sup-sync needs «#{want['format']}»: " \
             "rename that field, or name another one in `fields` of mappings/tracker.yaml"
  end

  def new_field(want)
    attributes = { name: want["name"], field_format: want["format"], is_filter: true, is_for_all: true,
                   trackers: @trackers, visible: want["seen_by"].nil?, roles: seen_by(want),
                   regexp: want["regexp"].to_s, description: want["description"].to_s }
    want["values"] ? attributes.merge(possible_values: want["values"]) : attributes
  end

  def adapt_field(field, want)
    changes = field_changes(field, want)
    return keep("field", field) if changes.empty?

    field.trackers |= @trackers
    field.possible_values |= want["values"] if want["values"]
    field.attributes = { is_filter: true, is_for_all: true }
    field.attributes = { visible: false, roles: field.roles | seen_by(want) } if want["seen_by"]
    field.save!
    change("field", field, changes.join("; "))
  end

  def field_changes(field, want)
    trackers = @trackers - field.trackers
    values = want["values"].to_a - field.possible_values.to_a
    changes = []
    changes << "on #{trackers.join(', ')}" if trackers.any?
    changes << "values #{values.join(', ')}" if values.any?
    changes << "a filter" unless field.is_filter?
    changes << "for all projects" unless field.is_for_all?
    changes << "seen by #{want['seen_by'].join(', ')}" if want["seen_by"] && is_shown_otherwise?(field, want)
    changes
  end

  def is_shown_otherwise?(field, want)
    field.visible? || (seen_by(want) - field.roles).any?
  end

  def seen_by(want)
    want["seen_by"].to_a.map { |name| @roles[name] }.compact
  end

  # --- workflows

  def workflows
    @wanted["roles"].product(@trackers) { |want, tracker| workflow(want, @roles[want["name"]], tracker) }
  end

  # Where somebody has arranged the workflow of a role and a tracker, only what concerns things of ours is added.
  def workflow(want, role, tracker)
    place = { role_id: role.id, tracker_id: tracker.id }
    is_new = WorkflowTransition.where(place).none?
    is_ours = is_new || want["kind"] == "bot"
    added = add_transitions(want, place, is_ours) + add_read_only(want, place, is_ours)
    name = "#{tracker}» of «#{role}"
    return keep("workflow", name) if added.zero?

    note(is_new ? "made" : "changed", "workflow", name, "#{added} rules")
  end

  def add_transitions(want, place, is_ours)
    wanted = want["transitions"].map { |names| names.map { |name| name ? @statuses[name] : nil } }
    wanted.select! { |pair| is_ours || pair.any? { |status| @made.include?(status) } }
    there = WorkflowTransition.where(place).where(author: false, assignee: false).pluck(:old_status_id, :new_status_id)
    missing = wanted.map { |old, new| [old ? old.id : 0, new.id] } - there
    missing.each { |old, new| WorkflowTransition.create!(place.merge(old_status_id: old, new_status_id: new)) }
    missing.size
  end

  def add_read_only(want, place, is_ours)
    ours = want["read_only"].map { |name| @fields[name].id.to_s }
    core = want["read_only_core"]
    there = WorkflowPermission.where(place).pluck(:old_status_id, :field_name)
    wanted = @statuses.values.flat_map do |status|
      (is_ours || @made.include?(status) ? ours + core : ours).map { |name| [status.id, name] }
    end
    missing = wanted - there
    missing.each do |status, name|
      WorkflowPermission.create!(place.merge(old_status_id: status, field_name: name, rule: "readonly"))
    end
    missing.size
  end

  # --- the tool's account

  def account(want)
    found = User.find_by_login(want["login"])
    return make_account(want) unless found
    return obstacle("account «#{found.login}» is an administrator: take that right from it") if found.admin?
    return obstacle("account «#{found.login}» is locked: unlock it") unless found.active?
    return keep("account", found.login) if is_quiet?(found)

    quieten(found)
    change("account", found.login, "no mail, no watching")
  end

  def make_account(want)
    user = User.new(want.slice("firstname", "lastname", "mail"))
    user.login = want["login"]
    user.random_password
    user.mail_notification = "none"
    made = make("account", user, user.login)
    quieten(made) if made
  end

  def is_quiet?(user)
    user.mail_notification == "none" && user.pref.auto_watch_on.empty?
  end

  # Whoever writes to an issue becomes its watcher, unless they don't want to.
  def quieten(user)
    user.update!(mail_notification: "none")
    user.pref.auto_watch_on = []
    user.pref.save!
  end

  # --- settings

  def settings
    set("rest_api_enabled", "1", "on") unless Setting.rest_api_enabled?
    return unless Setting.notified_events.include?("issue_updated")

    granular = Redmine::Notifiable.all.select { |each| each.parent == "issue_updated" }.map(&:name)
    set("notified_events", (Setting.notified_events - ["issue_updated"]) | granular,
        "granular events for issue_updated, so that fields change without a mail")
  end

  def set(name, value, how)
    Setting.public_send("#{name}=", value)
    change("setting", name, how)
  end

  # --- what was done

  def make(kind, record, name = record)
    record.save!
    @made << record
    note("made", kind, name)
    record
  rescue ActiveRecord::RecordInvalid => error
    obstacle "#{kind} «#{name}» can't be made: #{error.record.errors.full_messages.join(', ')}"
  end

  def keep(kind, record)
    note("kept", kind, record)
    record
  end

  def change(kind, record, how)
    note("changed", kind, record, how)
    record
  end

  def note(what, kind, record, how = nil)
    name = record.respond_to?(:name) ? record.name : record
    @lines << [what, "#{kind} «#{name}»#{": #{how}" if how}"]
  end

  def obstacle(text)
    @obstacles << text
    nil
  end

  def report
    return report_obstacles if @obstacles.any?

    @lines.each { |what, text| puts "#{what} #{text}" }
    count = @lines.map(&:first).tally
    is_idle = count.keys == ["kept"]
    puts is_idle ? "nothing to do: #{count['kept']} kept" : %w(made changed kept).map { |what| "#{count[what].to_i} #{what}" }.join(", ")
  end

  def report_obstacles
    warn "sup-sync: nothing was changed, as this stands in the way:"
    @obstacles.each { |text| warn "- #{text}" }
  end
end

exit 1 unless SupSyncProvision.new(wanted).run
