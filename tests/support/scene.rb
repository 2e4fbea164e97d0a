# encoding: utf-8
# Adds a test's scene (worlds.py) to a provisioned Redmine. Runs after the provisioning script, in the same runner.

require "json"

scene = JSON.parse(<<'SCENE')
@SCENE@
SCENE

ActiveRecord::Base.transaction do
  User.current = User.find_by_login("admin")
  trackers = Tracker.where(name: wanted["trackers"]).to_a

  roles = Role.givable.index_by(&:name)
  scene["roles"].each do |each|
    role = Role.create!(name: each["name"], permissions: each["permissions"], assignable: each["is_assignable"],
                        issues_visibility: "all", users_visibility: "members_of_visible_projects")
    role.copy_workflow_rules(roles[each["workflow_of"]]) if each["workflow_of"]
    roles[role.name] = role
  end

  users = scene["users"].to_h do |each|
    first, last = each["name"].split(" ", 2)
    user = User.new(firstname: first, lastname: last, mail: "#{each['login']}@example.invalid", mail_notification: "none")
    user.login = each["login"]
    user.admin = each["is_admin"]
    user.status = each["is_locked"] ? User::STATUS_LOCKED : User::STATUS_ACTIVE
    user.random_password
    user.save!
    [user.login, user]
  end

  groups = scene["groups"].to_h do |name, logins|
    group = Group.find_by(lastname: name) || Group.create!(lastname: name)
    group.users << users.values_at(*logins)
    [name, group]
  end

  # New projects get these trackers; the roles of their members follow.
  projects = scene["projects"].to_h do |each|
    project = Project.new(name: each["name"], is_public: each["is_public"], tracker_ids: trackers.map(&:id))
    project.identifier = each["identifier"]
    project.enabled_module_names = each["has_wiki"] ? %w(issue_tracking wiki) : %w(issue_tracking)
    project.save!
    each["members"].each do |who, names|
      principal = users[who] || groups[who] || User.find_by_login(who)
      Member.create!(project: project, principal: principal, roles: roles.values_at(*names))
    end
    [project.identifier, project]
  end

  scene["fields"].each do |each|
    IssueCustomField.create!(
      name: each["name"], field_format: "string", is_for_all: each["projects"].nil?, is_filter: each["is_filter"],
      is_required: each["is_required"], trackers: each["trackers"] ? trackers.select { |t| each["trackers"].include?(t.name) } : trackers,
      projects: projects.values_at(*each["projects"].to_a), visible: each["seen_by"].nil?,
      roles: roles.values_at(*each["seen_by"].to_a)
    )
  end

  scene["read_only"].each do |name, fields|
    ids = IssueCustomField.where(name: fields).pluck(:id)
    trackers.product(IssueStatus.all.to_a, ids).each do |tracker, status, id|
      WorkflowPermission.create!(role_id: roles[name].id, tracker_id: tracker.id, old_status_id: status.id,
                                 field_name: id.to_s, rule: "readonly")
    end
  end

  scene["issues"].each do |identifier, count|
    count.times do |number|
      Issue.create!(project: projects[identifier], tracker: trackers.first, author: User.current,
                    priority: IssuePriority.default, subject: "Өтініш #{number}")
    end
  end
end
